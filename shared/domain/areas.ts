/** The 12 probation regions of England and Wales, and the 43 police areas in them. A service is commissioned by area. */
const regions = {
  'east-midlands': {
    derbyshire: 'Derbyshire',
    leicestershire: 'Leicestershire',
    lincolnshire: 'Lincolnshire',
    nottinghamshire: 'Nottinghamshire',
  },
  'east-of-england': {
    bedfordshire: 'Bedfordshire',
    cambridgeshire: 'Cambridgeshire',
    essex: 'Essex',
    hertfordshire: 'Hertfordshire',
    norfolk: 'Norfolk',
    northamptonshire: 'Northamptonshire',
    suffolk: 'Suffolk',
  },
  'greater-manchester': { 'greater-manchester': 'Greater Manchester' },
  'kent-surrey-and-sussex': { kent: 'Kent', surrey: 'Surrey', sussex: 'Sussex' },
  london: { 'city-of-london': 'City of London', 'metropolitan-police': 'Metropolitan Police' },
  'north-east': { cleveland: 'Cleveland', durham: 'Durham', northumbria: 'Northumbria' },
  'north-west': { cheshire: 'Cheshire', cumbria: 'Cumbria', lancashire: 'Lancashire', merseyside: 'Merseyside' },
  'south-central': { hampshire: 'Hampshire', 'thames-valley': 'Thames Valley' },
  'south-west': {
    'avon-and-somerset': 'Avon and Somerset',
    'devon-and-cornwall': 'Devon and Cornwall',
    dorset: 'Dorset',
    gloucestershire: 'Gloucestershire',
    wiltshire: 'Wiltshire',
  },
  wales: {
    'dyfed-powys': 'Dyfed-Powys',
    gwent: 'Gwent',
    'north-wales': 'North Wales',
    'south-wales': 'South Wales',
  },
  'west-midlands': {
    staffordshire: 'Staffordshire',
    warwickshire: 'Warwickshire',
    'west-mercia': 'West Mercia',
    'west-midlands': 'West Midlands',
  },
  'yorkshire-and-the-humber': {
    humberside: 'Humberside',
    'north-yorkshire': 'North Yorkshire',
    'south-yorkshire': 'South Yorkshire',
    'west-yorkshire': 'West Yorkshire',
  },
} as const;

type KeysOfEach<T> = T extends unknown ? keyof T : never;

export type RegionId = keyof typeof regions;
export type AreaId = KeysOfEach<(typeof regions)[RegionId]>;

export const regionIds = Object.keys(regions) as [RegionId, ...RegionId[]];
export const areasOf = (region: RegionId): AreaId[] => Object.keys(regions[region]) as AreaId[];
export const areaIds = regionIds.flatMap(areasOf).sort() as [AreaId, ...AreaId[]];

const regionByArea = new Map(regionIds.flatMap((region) => areasOf(region).map((area) => [area, region] as const)));
export const regionOf = (area: AreaId): RegionId => regionByArea.get(area) as RegionId;

const names = Object.assign({}, ...Object.values(regions)) as Record<AreaId, string>;
export const areaName = (area: AreaId): string => names[area];

const plain = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll('&', 'and')
    .replaceAll(/[^a-z]+/g, '-')
    .replaceAll(/^-|-$/g, '');

const areaByName = new Map(areaIds.flatMap((id) => [id, plain(areaName(id))].map((name) => [name, id] as const)));

/** A police area by its id or its name, however it is written: `Avon & Somerset`, `avon-and-somerset`. */
export const areaNamed = (name: string): AreaId | undefined => areaByName.get(plain(name));

/** A probation region by its id or its name. A region and one of its areas may share a name: West Midlands. */
export const regionNamed = (name: string): RegionId | undefined => regionIds.find((id) => id === plain(name));
