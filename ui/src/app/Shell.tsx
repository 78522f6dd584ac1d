import { Tooltip, UnstyledButton } from "@mantine/core";
import { Search } from "lucide-react";
import { type ReactNode, Suspense } from "react";
import { NavLink, Outlet, useLocation, useNavigation } from "react-router";
import { PageSkeleton } from "../components/PageSkeleton";
import { PhoneProvider } from "../features/desk/PhoneProvider";
import { useMay, useMe } from "./session";
import { areasFor } from "./areas";
import { ConnectionBanner } from "./ConnectionBanner";
import { ErrorBoundary } from "./ErrorBoundary";
import { Palette, openPalette } from "./Palette";
import { TopBar } from "./TopBar";
import styles from "./Shell.module.css";
import { useWords } from "./words";

/** The phone of whoever has a desk lives above the pages, so that none of them takes a call away. */
function WithPhone({ children }: { children: ReactNode }) {
  const { agent } = useMe();
  const may = useMay();
  return agent != null && may("desk.use") ? <PhoneProvider agent={agent}>{children}</PhoneProvider> : children;
}

/** The page; another area's, whose code is still on the way, is drafted at once in its place. */
function Page() {
  const { pathname } = useLocation();
  const { location } = useNavigation();
  const area = (path: string) => path.split("/")[1];
  return location !== undefined && area(location.pathname) !== area(pathname) ? <PageSkeleton /> : <Outlet />;
}

/** The frame of every page: the bar on top that never moves, the navigation by permission, and the page. */
export function Shell() {
  const { say } = useWords();
  const areas = areasFor(useMay(), useMe().agent != null, useMe().client != null);
  return (
    <WithPhone>
      <div className={styles["shell"]}>
        <a className={styles["skip"]} href="#page">{say("shell.skip")}</a>
        <header className={styles["bar"]}>
          <ErrorBoundary><TopBar /></ErrorBoundary>
          <ConnectionBanner />
        </header>
        <nav className={styles["nav"]} aria-label={say("shell.navigation")}>
          <ul>
            {areas.map(({ path, label, icon: Icon }) => (
              <li key={path}>
                <NavLink to={`/${path}`} className={styles["link"] ?? ""}>
                  <Icon size={20} aria-hidden />
                  <span>{say(label)}</span>
                </NavLink>
              </li>
            ))}
          </ul>
          <Tooltip label={<>{say("palette.open")} <kbd className="key">Ctrl K</kbd></>} position="right">
            <UnstyledButton className={styles["link"] ?? ""} onClick={openPalette} aria-keyshortcuts="Control+K">
              <Search size={20} aria-hidden />
              <span>{say("palette.short")}</span>
            </UnstyledButton>
          </Tooltip>
        </nav>
        <main id="page" className={styles["page"]} tabIndex={0}>
          <ErrorBoundary><Suspense fallback={<PageSkeleton />}><Page /></Suspense></ErrorBoundary>
        </main>
        <Palette areas={areas} />
      </div>
    </WithPhone>
  );
}
