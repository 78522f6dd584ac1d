/** The session as the server tells it. */

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { ask } from "./client";
import { RequestFailed } from "./problems";

export const ROLES = [
  "administrator", "manager", "supervisor", "planner", "quality_analyst", "agent", "client_owner", "client_viewer",
] as const;
export type Role = (typeof ROLES)[number];

export interface Session {
  user: {
    id: string;
    name: string;
    email: string | null;
    locale: string | null;
    calendar: string | null;
    digits: string | null;
    theme: string | null;
    has_second_factor: boolean;
  };
  centre: { id: string; name: string };
  client?: { id: string; name: string } | null;
  roles: Role[];
  permissions: string[];
  agent?: string | null;
  expires_at: string | null;
}

export const SESSION_KEY = ["session"] as const;

async function read(): Promise<Session | null> {
  try {
    return await ask<Session>("GET", "/api/session");
  } catch (error) {
    if (error instanceof RequestFailed && error.status === 401) return null;
    throw error;
  }
}

/** The session, null when nobody is signed in. It stays what it was while it cannot be asked for. */
export function useSession() {
  return useQuery({ queryKey: SESSION_KEY, queryFn: read, staleTime: 60_000, refetchOnWindowFocus: true });
}

/** Put a session in place that signing in has just answered. */
export function useSessionChange() {
  const queries = useQueryClient();
  return {
    put: (session: Session | null) => queries.setQueryData(SESSION_KEY, session),
    read: () => queries.query({ queryKey: SESSION_KEY, queryFn: read, staleTime: 0 }),
    /** Who is signed in, without the pages taking it up. */
    look: read,
    /** Nobody is signed in any more, and what was fetched for who was is gone. */
    forget: () => {
      queries.clear();
      queries.setQueryData(SESSION_KEY, null);
    },
  };
}
