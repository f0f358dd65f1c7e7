import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { FeaturePlan, OAuthScope, ResourceServerScope, UserPool, type UserPoolClient } from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';
import { type Role, resourceServer, roles } from '../../shared/contracts/oauth-scopes.ts';
import type { Client } from '../clients.ts';
import { acknowledge } from './acknowledge.ts';

export interface IdentityProps {
  clients: readonly Client[];
  /** Unique in the region. */
  domainPrefix: string | undefined;
  keep: boolean;
}

/**
 * The default identity provider: a user pool without users, for systems that show their own credentials. Clients are
 * part of the deployment, because Cognito's access tokens have no audience and the API must know each client's id.
 */
export class Identity extends Construct {
  readonly pool: UserPool;
  readonly issuer: string;
  readonly tokenUrl: string;
  /** By the client's name. */
  readonly clients: ReadonlyMap<string, UserPoolClient>;

  constructor(scope: Construct, id: string, { clients, domainPrefix, keep }: IdentityProps) {
    super(scope, id);
    const { account, region } = Stack.of(this);
    this.pool = new UserPool(this, 'Pool', {
      userPoolName: 'referrals',
      selfSignUpEnabled: false,
      passwordPolicy: {
        minLength: 12,
        requireUppercase: true,
        requireLowercase: true,
        requireDigits: true,
        requireSymbols: true,
      },
      featurePlan: FeaturePlan.ESSENTIALS,
      deletionProtection: keep,
      removalPolicy: keep ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    acknowledge(this.pool, {
      'AwsSolutions-COG2': 'The pool has no users and nobody can sign up: only systems, with client credentials.',
      'AwsSolutions-COG8':
        'Threat protection looks at users’ sign-ins; client credentials are not covered by any plan.',
    });
    // Not the pool's own attribute for it, which the local AWS does not have.
    this.issuer = `https://cognito-idp.${region}.amazonaws.com/${this.pool.userPoolId}`;

    const domain = this.pool.addDomain('Domain', {
      cognitoDomain: { domainPrefix: domainPrefix ?? `referrals-${account}` },
    });
    this.tokenUrl = `${domain.baseUrl()}/oauth2/token`;

    const scopes = Object.fromEntries(
      roles.map((role) => [role, new ResourceServerScope({ scopeName: role, scopeDescription: `Acts as ${role}.` })]),
    ) as Record<Role, ResourceServerScope>;
    const server = this.pool.addResourceServer('Scopes', {
      identifier: resourceServer,
      userPoolResourceServerName: resourceServer,
      scopes: Object.values(scopes),
    });
    this.clients = new Map(
      clients.map(({ name, role }) => [
        name,
        this.pool.addClient(`Client-${name}`, {
          userPoolClientName: name,
          generateSecret: true,
          oAuth: { flows: { clientCredentials: true }, scopes: [OAuthScope.resourceServer(server, scopes[role])] },
        }),
      ]),
    );
  }
}
