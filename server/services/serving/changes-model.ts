import type { DomainEvent, DomainEventName } from '#core/events.ts';

const CHANGING = [
  'serving:changed',
  'round:ended',
  'run:changed',
  'run:described',
  'run:deleted',
  'class:changed',
  'export:ready',
] as const satisfies readonly DomainEventName[];
type Changing = Extract<DomainEvent, { name: (typeof CHANGING)[number] }>;

/** May another model answer for the project now, or one be called otherwise, or its classes? */
export const changesModel = (event: DomainEvent): event is Changing =>
  (CHANGING as readonly DomainEventName[]).includes(event.name);
