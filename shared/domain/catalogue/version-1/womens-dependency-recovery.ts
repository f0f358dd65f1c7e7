import type { CatalogueNeed } from '../schema.ts';

/** The source prints the outcome on health and resilience twice: it stands here once. */
export const womensDependencyRecovery: CatalogueNeed = {
  id: 'womens-dependency-recovery',
  cohort: 'women',
  name: "Women's dependency and recovery",
  source: "Commissioned Rehabilitative Services, Women's Services: Dependency & Recovery",
  outcomes: [
    {
      id: 'womens-dependency-recovery.substance-use',
      name: 'A woman uses no substances, or in a controlled, non-dependent or unproblematic way',
    },
    {
      id: 'womens-dependency-recovery.understanding-addiction',
      name: 'A woman knows addictive behaviour, its triggers and the ways to reduce dependency better',
    },
    {
      id: 'womens-dependency-recovery.health-and-resilience',
      name: 'A woman is in better physical health and mentally more resilient',
    },
    {
      id: 'womens-dependency-recovery.risky-situations',
      name: 'A woman handles risky situations better that could trigger use or relapse',
    },
    {
      id: 'womens-dependency-recovery.dependency-pathways',
      name: 'A woman has a pathway for managing addictive behaviours, with help into other treatment and detox',
    },
  ],
  indicators: [],
  complexityLevels: [
    {
      level: 'low',
      summary:
        'Is highly motivated and has been abstinent for a good while. Has gone through treatment successfully and needs support to stay in recovery.',
      criteria: [],
    },
    {
      level: 'medium',
      summary:
        'Has lapses or crises that may end in relapse, or is at a turning point such as leaving prison. Is fairly motivated but needs a lot of support; co-dependency from a controlling relationship may complicate it.',
      criteria: [],
    },
    {
      level: 'high',
      summary:
        'Has both mental ill health and substance misuse (dual diagnosis). Falls short of the threshold for secondary services, or was assessed as unsuitable for a treatment requirement; yet misuse of drugs, alcohol or prescribed medicine, gambling or another dependency is plain and tied to offending. Has a poor record of engaging with treatment, and needs strong motivation and support to do so, above all under coercive control.',
      criteria: [],
    },
  ],
};
