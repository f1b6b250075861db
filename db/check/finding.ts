/** What a check found: how many of which fault, whether they were mended, and some of them by name. */
export interface Finding {
  what: string;
  count: number;
  repaired: boolean;
  examples?: readonly string[];
}
