import type { Definition } from '../workflows/definitions.ts';

export const addedState = 'A state that only the changed definition has';

/** A definition as a later release could have it: one more state on the way from every look, and its own number. */
export function changedDefinition(before: Definition, release: number): Definition {
  const definition = structuredClone(before);
  const looks = Object.values(definition.States).filter((state) => state.Arguments?.Payload.definition !== undefined);
  const where = looks[0]?.Next ?? '';
  for (const look of looks) {
    look.Next = addedState;
    if (look.Arguments) look.Arguments.Payload.definition = release;
  }
  definition.States[addedState] = {
    Type: 'Choice',
    Choices: [{ Condition: "{% $standing = 'segment-full' %}", Next: where }],
    Default: where,
  };
  return definition;
}
