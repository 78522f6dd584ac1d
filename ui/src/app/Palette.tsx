import { Spotlight, type SpotlightActionGroupData, spotlight } from "@mantine/spotlight";
import { Contact, Search } from "lucide-react";
import { useMemo, useState } from "react";
import { useNavigate } from "react-router";
import { useOffered } from "./actions";
import { isNumber } from "../features/contacts/view";
import type { Area } from "./areas";
import { useWords } from "./words";

export function openPalette(): void {
  spotlight.open();
}

/** Ctrl-K: every page and every action of the moment, found by typing; a number finds its contacts. */
export function Palette({ areas }: { areas: readonly Area[] }) {
  const { say } = useWords();
  const navigate = useNavigate();
  const offered = useOffered();
  const [typed, setTyped] = useState("");
  const number = typed.trim();
  const mayFind = areas.some(({ path }) => path === "contacts") && isNumber(number);
  const groups = useMemo<SpotlightActionGroupData[]>(
    () => [
      ...(mayFind
        ? [{
            group: say("nav.contacts"),
            actions: [{
              id: "contacts-with",
              label: say("palette.contacts", { number: `\u2066${number}\u2069` }),
              keywords: [number],
              leftSection: <Contact size={18} aria-hidden />,
              onClick: () => void navigate(`/contacts?customer=${encodeURIComponent(number)}`),
            }],
          }]
        : []),
      {
        group: say("palette.actions"),
        actions: offered.map((action) => ({
          id: action.id,
          label: action.label,
          rightSection: action.keys === undefined ? null : <kbd className="key">{action.keys}</kbd>,
          onClick: action.run,
        })),
      },
      {
        group: say("palette.pages"),
        actions: areas.map(({ path, label, icon: Icon }) => ({
          id: path,
          label: say(label),
          leftSection: <Icon size={18} aria-hidden />,
          onClick: () => void navigate(`/${path}`),
        })),
      },
    ],
    [areas, mayFind, navigate, number, offered, say],
  );
  return (
    <Spotlight
      actions={groups}
      onQueryChange={setTyped}
      shortcut={["mod + K"]}
      tagsToIgnore={[]}
      nothingFound={say("palette.nothing")}
      attributes={{ content: { "aria-label": say("palette.open") } }}
      highlightQuery
      scrollable
      maxHeight={420}
      searchProps={{
        leftSection: <Search size={18} aria-hidden />,
        placeholder: say("palette.ask"),
        "aria-label": say("palette.ask"),
      }}
    />
  );
}
