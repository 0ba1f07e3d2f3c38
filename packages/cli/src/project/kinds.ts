export const TEMPLATES = ['js', 'ts', 'c', 'rust', 'wat'] as const;
export const ENGINES = ['quickjs', 'starlingmonkey'] as const;

/** What a component is written in. */
export type TemplateKind = (typeof TEMPLATES)[number];

/** The JavaScript engine that becomes a part of a component. */
export type Engine = (typeof ENGINES)[number];
