/** What is wrong with a file, or worth knowing about a row of it, where its reader finds it. */
export interface Finding {
  /** Of a CSV file the line that the row begins on, of a JSON file the number of the item, from 1. */
  row: number;
  /** The id of the row's service, where it is about one. */
  service?: string;
  /** As the file calls it. */
  column: string;
  value: string;
  reason: string;
}
