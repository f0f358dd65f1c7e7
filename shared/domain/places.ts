import type { AvailableService, Judged } from './matching.ts';

/** The services and their free places, of which the groups before have taken some. */
export class Places {
  #services: readonly AvailableService[];
  #judged: readonly Judged[];

  constructor(services: readonly AvailableService[], judged: readonly Judged[]) {
    this.#services = services;
    this.#judged = judged;
  }

  /** Those of the area, as they stand now. */
  now(): readonly Judged[] {
    return this.#judged;
  }

  /** A service wherever it is. */
  find(serviceId: string): AvailableService | undefined {
    return this.#services.find(({ id }) => id === serviceId);
  }

  take(serviceId: string): void {
    const less = (service: AvailableService): AvailableService =>
      service.id === serviceId ? { ...service, free: service.free - 1 } : service;
    this.#services = this.#services.map(less);
    this.#judged = this.#judged.map(({ service, obstacles }) => ({ service: less(service), obstacles }));
  }
}
