import { Loader, Center } from "@mantine/core";
import { type ReactNode, createContext, use, useCallback, useEffect, useMemo, useState } from "react";
import { Navigate, useLocation } from "react-router";
import { onSessionEnded } from "../api/client";
import { type Session, useSession, useSessionChange } from "../api/session";
import { Failure } from "../components/Failure";
import { SignInAgain } from "../features/sign-in/SignInAgain";
import { Live } from "../live/live";
import { preferencesOf } from "./language";
import { usePauseInTyping } from "./typing";
import { usePreferences } from "./words";

const SessionContext = createContext<Session | null>(null);

/** Who is signed in. */
export function useMe(): Session {
  const session = use(SessionContext);
  if (session === null) throw new Error("useMe stands outside SignedIn");
  return session;
}

/** Whether the person may do what `permission` names (docs/permissions.md). */
export function useMay(): (permission: string) => boolean {
  const { permissions } = useMe();
  return useMemo(() => {
    const had = new Set(permissions);
    return (permission) => had.has(permission);
  }, [permissions]);
}

/**
 * Shows `children` to whoever is signed in. A session that ends later covers the page, once nobody types, and does not
 * take it away: a call goes on, and what was typed stays, while the same person signs in again.
 */
export function SignedIn({ children }: { children: ReactNode }) {
  const { data: session, error, refetch, isPending } = useSession();
  const location = useLocation();
  const [lastSeen, see] = useState<Session | null>(null);
  const [ended, setEnded] = useState(false);
  const [round, setRound] = useState(0);
  const { put } = useSessionChange();
  if (session != null && session !== lastSeen) see(session);
  const end = useCallback(() => setEnded(true), []);
  useEffect(() => onSessionEnded(end), [end]);
  useFollowPreferences(session ?? null);

  const shown = session ?? lastSeen;
  const isAsked = usePauseInTyping(shown !== null && (ended || session === null));
  if (shown === null) {
    if (isPending) return <Center h="100vh"><Loader /></Center>;
    if (error !== null) return <Center h="100vh"><Failure error={error} retry={() => void refetch()} /></Center>;
    return <Navigate to={`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`} replace />;
  }
  return (
    <SessionContext value={shown}>
      <Live session={round} whenEnded={end}>{children}</Live>
      {isAsked && (
        <SignInAgain
          session={shown}
          done={(again) => {
            put(again);
            setEnded(false);
            setRound(round + 1);
          }}
        />
      )}
    </SessionContext>
  );
}

/** What the person chose on another device holds here as well. */
function useFollowPreferences(session: Session | null): void {
  const { choose } = usePreferences();
  const user = session?.user;
  useEffect(() => {
    if (user === undefined) return;
    choose(preferencesOf(user, navigator.languages));
  }, [choose, user]);
}
