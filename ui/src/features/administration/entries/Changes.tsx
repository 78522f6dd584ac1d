import { useWords } from "../../../app/words";
import type { Document, Section } from "../contract";
import styles from "./EntryPanel.module.css";
import { differenceShown, fieldLabel } from "./shown";
import type { Difference } from "./values";

/** What is different, field by field: what it was, what it is. */
export function Changes({ section, found, document }: { section: Section; found: readonly Difference[]; document: Document }) {
  const words = useWords();
  const saying = { ...words, document };
  return (
    <ul className={styles["changes"]}>
      {found.map(({ path, before, after }) => (
        <li key={path}>
          <span className="quiet cut">{fieldLabel(section, path, words)}</span>
          <span>
            {before !== undefined && <del><bdi>{differenceShown(section, path, before, saying)}</bdi></del>}
            {" "}
            <ins><bdi>{differenceShown(section, path, after, saying)}</bdi></ins>
          </span>
        </li>
      ))}
    </ul>
  );
}
