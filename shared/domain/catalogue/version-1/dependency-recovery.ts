import type { CatalogueNeed } from '../schema.ts';

export const dependencyRecovery: CatalogueNeed = {
  id: 'dependency-recovery',
  cohort: 'general',
  name: 'Dependency and recovery',
  source: 'Commissioned Rehabilitative Services, Dependency & Recovery in the Community',
  outcomes: [
    {
      id: 'dependency-recovery.substance-use',
      name: 'Uses no substances, or in a controlled, non-dependent or unproblematic way',
    },
    {
      id: 'dependency-recovery.health-and-resilience',
      name: 'Is in better physical health and mentally more resilient',
    },
    {
      id: 'dependency-recovery.risky-situations',
      name: 'Handles risky situations better that could trigger use or relapse',
    },
    {
      id: 'dependency-recovery.belief-in-recovery',
      name: 'Believes more firmly that addiction can be managed or left behind',
    },
    {
      id: 'dependency-recovery.understanding-addiction',
      name: 'Knows addictive behaviour, its triggers and the ways to reduce it better',
    },
    {
      id: 'dependency-recovery.dependency-pathways',
      name: 'Has a pathway for managing addictive behaviours, with help into other treatment and detox',
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
        'Has lapses or crises that may end in relapse, or is at a turning point such as leaving prison. Is fairly motivated, but needs a lot of support with dependencies tied to offending, which may be support around a treatment requirement. Falls short of the threshold for secondary treatment services, or was assessed as unsuitable for a treatment requirement.',
      criteria: [],
    },
    {
      level: 'high',
      summary:
        'May misuse substances chronically, or have further needs such as a dual diagnosis or a chaotic life around the dependency. Falls short of the threshold for secondary treatment services, or was assessed as unsuitable for a treatment requirement; yet dependency on drugs, alcohol, prescribed medicine or something else is plain and tied to offending. Has a poor record of engaging with treatment.',
      criteria: [],
    },
  ],
};
