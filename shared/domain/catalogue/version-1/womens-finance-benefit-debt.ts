import type { CatalogueNeed } from '../schema.ts';

export const womensFinanceBenefitDebt: CatalogueNeed = {
  id: 'womens-finance-benefit-debt',
  cohort: 'women',
  name: "Women's finance, benefit and debt",
  source: "Commissioned Rehabilitative Services, Women's Services: Finance, Benefit & Debt",
  outcomes: [
    { id: 'womens-finance-benefit-debt.money-skills', name: 'A woman has new or better money management skills' },
    {
      id: 'womens-finance-benefit-debt.benefits-system',
      name: 'A woman finds the way through the benefits system, with the online banking skills for it',
    },
    {
      id: 'womens-finance-benefit-debt.income-and-debt',
      name: 'A woman is on the way to a lasting income, safe handling of money and less debt',
    },
    {
      id: 'womens-finance-benefit-debt.financial-products',
      name: 'A woman can use financial products, advice or services that fit',
    },
    { id: 'womens-finance-benefit-debt.universal-credit', name: 'A woman gets universal credit quickly' },
  ],
  indicators: [],
  complexityLevels: [
    {
      level: 'low',
      summary:
        'Does not lean too much on family, friends or others for living costs or regular bills. May be under serious financial pressure, but gets by through lawful means.',
      criteria: [],
    },
    {
      level: 'medium',
      summary:
        'May offend to add to a lawful income, or lean on others for what seems necessary to her. Debts may go unpaid because other demands come first.',
      criteria: [],
    },
    {
      level: 'high',
      summary:
        'Lives mainly on the proceeds of crime, such as drug dealing, robbery or stolen goods. Others pay for basics and treats alike, and lenders outside the law are being paid off. Bills for the household and other essentials may go unpaid, or someone coerces her so that little or none of her money is hers to control.',
      criteria: [],
    },
  ],
};
