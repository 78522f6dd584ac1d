import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useNames } from "./requests";

/** The name behind an id, or the id while it is not known. */
export function useNameOf(section: "queues" | "projects" | "agents", id: string | null): string {
  const queries = useQueryClient();
  const { data } = useNames(section);
  const name = data?.find((one) => one.id === id)?.name;
  const isNew = id !== null && data !== undefined && name === undefined; // made after the names were asked for
  useEffect(() => {
    if (isNew) void queries.invalidateQueries({ queryKey: ["organisation", section] });
  }, [id, isNew, queries, section]);
  return name ?? id ?? "";
}
