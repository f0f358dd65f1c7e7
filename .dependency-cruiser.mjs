import { builtinModules } from 'node:module';

/**
 * Who may import whom: the table of `docs/` "Architecture", enforced.
 *
 * Each folder names everything that it may reach; whatever is not named is refused, so a new package or folder is a
 * decision and not an accident. `test/dependency-rules.test.ts` plants a violation of every rule and sees it caught.
 */

const packages = (...names) => names.map((name) => `(^|/)node_modules/${name}/`);
const NODE = [`^(node:)?(${builtinModules.join('|')})$`];
const ZOD = packages('zod');
const DATES = packages('date-fns', '@date-fns/tz');
const AWS_SDK = packages('@aws-sdk', '@smithy');
const MIDDLEWARE_LIBRARIES = packages('@middy', '@aws-lambda-powertools', '@types/aws-lambda');
const CDK = packages('aws-cdk-lib', 'constructs', 'cdk-nag');
const BUNDLER = packages('esbuild');

const folder = (name, { files = `^${name}/`, except, why, may }) => ({
  name: `${name.replaceAll('/', '-')}-reaches-only-what-it-may`,
  comment: why,
  severity: 'error',
  from: { path: files, ...(except && { pathNot: except }) },
  to: { pathNot: may },
});

export default {
  forbidden: [
    folder('shared/domain', {
      why: 'The domain is pure: zod and a date library. No AWS, clock, environment or logging.',
      may: ['^shared/domain/', ...ZOD, ...DATES],
    }),
    folder('shared/contracts', {
      why: 'Contracts describe: they see the domain and zod, never an adapter.',
      may: ['^shared/(contracts|domain)/', ...packages('zod', 'zod-openapi')],
    }),
    folder('shared/ports', {
      files: '^shared/ports(/|\\.ts$)',
      why: 'A port is an interface over the domain and the contracts.',
      may: ['^shared/(contracts|domain)/', '^shared/ports(/|\\.ts$)', ...ZOD],
    }),
    folder('shared/adapters', {
      why: 'Adapters are the only place with the AWS SDK, and know nothing of functions or workflows.',
      may: [
        '^shared/(adapters|contracts|domain)/',
        '^shared/ports(/|\\.ts$)',
        ...AWS_SDK,
        ...packages('standardwebhooks'),
        ...ZOD,
        ...NODE,
      ],
    }),
    folder('functions', {
      except: '^functions/middleware/',
      why: 'A function sees shared code and the middleware: no CDK, no SDK, no other function.',
      may: ['^shared/', '^functions/middleware/', ...MIDDLEWARE_LIBRARIES, ...ZOD, ...NODE],
    }),
    folder('functions/middleware', {
      why: 'The middleware sees shared code and itself, never a function.',
      may: ['^shared/', '^functions/middleware/', ...MIDDLEWARE_LIBRARIES, ...ZOD, ...NODE],
    }),
    folder('workflows', {
      why: 'A workflow orders steps: contracts, Step Functions and the CDK core (`Duration`), nothing that decides.',
      may: [
        '^workflows/',
        '^shared/contracts/',
        ...packages('aws-cdk-lib/(aws-stepfunctions[^/]*|core)', 'constructs'),
      ],
    }),
    folder('infra', {
      except: '^infra/local/',
      why: 'Infrastructure builds from workflows and contracts; functions by path only; never domain or adapters.',
      may: ['^infra/(?!local/)', '^workflows/', '^shared/contracts/', ...CDK, ...BUNDLER, ...ZOD, ...NODE],
    }),
    {
      name: 'no-cycles',
      comment: 'A cycle, type-only ones included, means that two files are one.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'everything-resolves',
      comment: 'An import that cannot be found cannot be judged either.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    // The compiler's own parser cannot be used: dependency-cruiser cannot read TypeScript 7, and then passes unseeing.
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(cdk\\.out|\\.local)/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['types', 'import', 'node', 'default'],
      mainFields: ['types', 'main'],
      extensions: ['.ts', '.mjs', '.js', '.json', '.d.ts'],
    },
  },
};
