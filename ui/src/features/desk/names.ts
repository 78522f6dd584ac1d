import { useNames } from "./requests";

/** The name behind an id, or the id while it is not known. */
export function useNameOf(section: "queues" | "projects" | "agents", id: string | null): string {
  const { data } = useNames(section);
  return data?.find((one) => one.id === id)?.name ?? id ?? "";
}
