import { useMutation } from "@tanstack/react-query";
import { useSessionChange } from "../api/session";
import { keepPreferences } from "../features/account/requests";
import type { Preferences } from "./language";
import { usePreferences } from "./words";

/** Change preferences at once on this device, and for whoever is signed in on every other. */
export function useKeepPreferences(): (changed: Partial<Preferences>) => void {
  const { preferences, choose } = usePreferences();
  const { put } = useSessionChange();
  const keeping = useMutation({ mutationFn: keepPreferences, onSuccess: put });
  return (changed) => {
    choose(changed);
    keeping.mutate({ ...preferences, ...changed });
  };
}
