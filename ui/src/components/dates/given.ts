import type { MantineSize, StyleProp } from "@mantine/core";
import type { Ref } from "react";

/** What a field for a day or a time is given: as Mantine's inputs, with the text itself instead of an event. */
export interface FieldGiven {
  /** ISO 8601 in the Gregorian calendar; "" for none. */
  value: string;
  /** Told "" as well while something is half typed. */
  onChange: (value: string) => void;
  label?: string;
  "aria-label"?: string;
  description?: string | undefined;
  error?: React.ReactNode;
  required?: boolean;
  disabled?: boolean;
  withAsterisk?: boolean;
  autoFocus?: boolean;
  size?: MantineSize;
  w?: StyleProp<React.CSSProperties["width"]>;
  maw?: StyleProp<React.CSSProperties["maxWidth"]>;
  /** To focus it. */
  ref?: Ref<HTMLInputElement>;
}
