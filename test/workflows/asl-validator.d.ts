declare module 'asl-validator' {
  /** Judges a definition; writes into what it is given. */
  export default function validate(definition: object): {
    isValid: boolean;
    errorsText(separator?: string): string;
  };
}
