import { leb } from '../binary/bytes.ts';
import { COMPONENT, CUSTOM, type Definition, type Section, type Tree } from '../binary/tree.ts';
import type { Random } from '../random.ts';
import {
  type DefinitionEdit,
  otherIndex,
  otherName,
  otherNumber,
  otherTag,
  otherType,
  paddedNumber,
} from './definition.ts';

/** Changes a component, whose nested components count as its parts, with another component at hand. */
export type Edit = (tree: Tree, from: Random, other: Tree) => Tree | undefined;

type Definitions = Extract<Section, { kind: 'definitions' }>;

function definitionSections({ sections }: Tree): number[] {
  return sections.flatMap((section, i) =>
    section.kind === 'definitions' && section.definitions.length > 0 ? [i] : [],
  );
}

function withSection(tree: Tree, at: number, ...by: readonly Section[]): Tree {
  return { sections: tree.sections.toSpliced(at, 1, ...by) };
}

/** Edits the definitions of one section. */
function inDefinitions(
  edit: (definitions: readonly Definition[], from: Random) => readonly Definition[] | undefined,
): Edit {
  return (tree, from) => {
    const found = definitionSections(tree);
    if (found.length === 0) return undefined;
    const at = from.pick(found);
    const section = tree.sections[at] as Definitions;
    const definitions = edit(section.definitions, from);
    return definitions && withSection(tree, at, { ...section, definitions });
  };
}

function oneDefinition(edit: DefinitionEdit): Edit {
  return inDefinitions((definitions, from) => {
    const at = from.below(definitions.length);
    const next = edit(definitions[at] as Definition, from);
    return next && definitions.with(at, next);
  });
}

const duplicateDefinition = inDefinitions((definitions, from) => {
  const one = from.pick(definitions);
  return definitions.toSpliced(from.chance(50) ? definitions.length : from.below(definitions.length), 0, one);
});

const removeDefinition = inDefinitions((definitions, from) => definitions.toSpliced(from.below(definitions.length), 1));

const swapDefinitions = inDefinitions((definitions, from) => {
  const [a, b] = [from.below(definitions.length), from.below(definitions.length)];
  return definitions.with(a, definitions[b] as Definition).with(b, definitions[a] as Definition);
});

const duplicateSection: Edit = ({ sections }, from) => {
  if (sections.length === 0) return undefined;
  const at = from.chance(50) ? sections.length : from.below(sections.length + 1);
  return { sections: sections.toSpliced(at, 0, from.pick(sections)) };
};

const removeSection: Edit = ({ sections }, from) =>
  sections.length === 0 ? undefined : { sections: sections.toSpliced(from.below(sections.length), 1) };

const swapSections: Edit = ({ sections }, from) => {
  if (sections.length < 2) return undefined;
  const a = from.below(sections.length - 1);
  const b = from.chance(70) ? a + 1 : from.below(sections.length);
  return { sections: sections.with(a, sections[b] as Section).with(b, sections[a] as Section) };
};

const splitSection: Edit = (tree, from) => {
  const found = definitionSections(tree);
  if (found.length === 0) return undefined;
  const at = from.pick(found);
  const section = tree.sections[at] as Definitions;
  const cut = from.below(section.definitions.length + 1);
  return withSection(
    tree,
    at,
    { ...section, definitions: section.definitions.slice(0, cut) },
    { ...section, definitions: section.definitions.slice(cut) },
  );
};

/** The other component as a nested one. */
const nestOther: Edit = ({ sections }, from, other) => {
  const at = from.chance(50) ? sections.length : from.below(sections.length + 1);
  return { sections: sections.toSpliced(at, 0, { id: COMPONENT, kind: 'component', component: other }) };
};

const wrap: Edit = (tree) => ({ sections: [{ id: COMPONENT, kind: 'component', component: tree }] });

/** A section of the other component. */
const graftSection: Edit = ({ sections }, from, other) => {
  if (other.sections.length === 0) return undefined;
  const at = from.chance(50) ? sections.length : from.below(sections.length + 1);
  return { sections: sections.toSpliced(at, 0, from.pick(other.sections)) };
};

/** The first sections of one component and the last of the other. */
const spliceSections: Edit = ({ sections }, from, other) => ({
  sections: [
    ...sections.slice(0, from.below(sections.length + 1)),
    ...other.sections.slice(from.below(other.sections.length + 1)),
  ],
});

const otherSectionId: Edit = (tree, from) => {
  if (tree.sections.length === 0) return undefined;
  const at = from.below(tree.sections.length);
  return withSection(tree, at, { ...(tree.sections[at] as Section), id: from.below(14) });
};

const customSection: Edit = ({ sections }, from) => {
  const bytes = Uint8Array.from([...leb(1), 97 + from.below(26), from.below(256), from.below(256)]);
  return { sections: sections.toSpliced(from.below(sections.length + 1), 0, { id: CUSTOM, kind: 'bytes', bytes }) };
};

/** Every structural mutation by name; `touches` is what kind of bytes it changes. */
export const STRUCTURAL: readonly {
  readonly name: string;
  readonly weight: number;
  readonly edit: Edit;
  readonly touches: 'component' | 'custom';
}[] = [
  ['index', 16, oneDefinition(otherIndex)],
  ['number', 4, oneDefinition(otherNumber)],
  ['leb-padding', 5, oneDefinition(paddedNumber)],
  ['type', 10, oneDefinition(otherType)],
  ['tag', 8, oneDefinition(otherTag)],
  ['name', 14, oneDefinition(otherName)],
  ['duplicate-definition', 8, duplicateDefinition],
  ['remove-definition', 5, removeDefinition],
  ['swap-definitions', 5, swapDefinitions],
  ['duplicate-section', 5, duplicateSection],
  ['remove-section', 4, removeSection],
  ['swap-sections', 5, swapSections],
  ['split-section', 2, splitSection],
  ['nest', 3, nestOther],
  ['wrap', 1, wrap],
  ['graft-section', 4, graftSection],
  ['splice-sections', 2, spliceSections],
  ['section-id', 2, otherSectionId],
  ['custom-section', 1, customSection],
].map(([name, weight, edit]) => ({
  name: name as string,
  weight: weight as number,
  edit: edit as Edit,
  touches: name === 'custom-section' ? 'custom' : 'component',
}));

/** Applies an edit to the component itself or to one that is nested in it, at any depth. */
export function editSomewhere(tree: Tree, edit: Edit, from: Random, other: Tree): Tree | undefined {
  const nested = tree.sections.flatMap((section, i) => (section.kind === 'component' ? [i] : []));
  if (nested.length === 0 || from.chance(50)) return edit(tree, from, other);
  const at = from.pick(nested);
  const section = tree.sections[at] as Extract<Section, { kind: 'component' }>;
  const component = editSomewhere(section.component, edit, from, other);
  return component && withSection(tree, at, { ...section, component });
}
