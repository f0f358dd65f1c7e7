import type { CatalogueNeed } from '../schema.ts';

export const financeBenefitDebt: CatalogueNeed = {
  id: 'finance-benefit-debt',
  cohort: 'general',
  name: 'Finance, benefit and debt',
  source: 'Commissioned Rehabilitative Services, Finance, Benefit & Debt in the Community',
  outcomes: [
    { id: 'finance-benefit-debt.financial-products', name: 'Can use financial products, advice or services that fit' },
    {
      id: 'finance-benefit-debt.income-and-debt',
      name: 'Is on the way to a lasting income, safe handling of money and less debt',
    },
    {
      id: 'finance-benefit-debt.money-skills',
      name: 'Has new or better money management skills, online banking included',
    },
    { id: 'finance-benefit-debt.benefits-system', name: 'Finds the way through the benefits system' },
    { id: 'finance-benefit-debt.universal-credit', name: 'Gets universal credit quickly' },
  ],
  indicators: [],
  complexityLevels: [
    {
      level: 'low',
      summary:
        'Has dealt well with own money, benefits and debts before. May be under serious financial pressure now. Needs advice or support on a few particular points, and manages the rest alone.',
      criteria: [],
    },
    {
      level: 'medium',
      summary:
        'Has dealt well with own money, benefits and debts only a little before, and is under serious financial pressure. Needs either much support with a few matters (because of a learning disability, say) or a little support with many.',
      criteria: [],
    },
    {
      level: 'high',
      summary:
        'Has hardly or never dealt well with own money, benefits and debts; lacks identity papers or a bank account. Is under extreme financial pressure, or has complex needs that call for several kinds of work. May have a poor financial record and wider needs, such as mental health, substance misuse or addiction.',
      criteria: [],
    },
  ],
};
