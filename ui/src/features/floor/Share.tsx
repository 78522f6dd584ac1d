import { useWords } from "../../app/words";

/** A share of 0 to 1 in per cent, or a dash where nobody counts. */
export function Share({ of }: { of: number | null }) {
  const { intl } = useWords();
  return <>{of === null ? "–" : intl.formatNumber(of, { style: "percent", maximumFractionDigits: 0 })}</>;
}
