import { coreDefinition, valueType } from './core-grammar.ts';
import { type Cursor, Unreadable } from './cursor.ts';

/** The types of components, and what refers to items by sort and name (Binary.md). */

export function typeDefinition(at: Cursor): void {
  const form = at.tag();
  if (form === 0x40 || form === 0x43) return funcType(at);
  if (form === 0x41 || form === 0x42) return at.each(() => declaration(at));
  if (form === 0x3f) {
    valueType(at);
    return at.optional(() => at.index());
  }
  valueDefinition(at, form);
}

function valueDefinition(at: Cursor, form: number): void {
  if (form >= 0x73 || form === 0x64) return;
  switch (form) {
    case 0x72:
      return at.each(() => labelled(at));
    case 0x71:
      return at.each(() => {
        at.name();
        at.optional(() => at.type());
        at.tag();
      });
    case 0x70:
    case 0x6b:
      return at.type();
    case 0x67:
      at.type();
      return void at.unsigned('number');
    case 0x6f:
      return at.each(() => at.type());
    case 0x6e:
    case 0x6d:
      return at.each(() => at.name());
    case 0x6a:
      at.optional(() => at.type());
      return at.optional(() => at.type());
    case 0x69:
    case 0x68:
      return void at.index();
    case 0x66:
    case 0x65:
      return at.optional(() => at.type());
    case 0x63:
      at.type();
      return at.type();
    default:
      throw new Unreadable('an unknown type');
  }
}

function labelled(at: Cursor): void {
  at.name();
  at.type();
}

function funcType(at: Cursor): void {
  at.each(() => labelled(at));
  resultList(at);
}

export function resultList(at: Cursor): void {
  if (at.tag() === 0) at.type();
  else at.tag();
}

function declaration(at: Cursor): void {
  switch (at.tag()) {
    case 0x00:
      return coreDefinition(at);
    case 0x01:
      return typeDefinition(at);
    case 0x02:
      return alias(at);
    case 0x03:
    case 0x04:
      return declaredExtern(at);
    default:
      throw new Unreadable('an unknown declaration');
  }
}

/** An import, or an export in a type. */
export function declaredExtern(at: Cursor): void {
  externName(at);
  externType(at);
}

export function externName(at: Cursor): void {
  const form = at.tag();
  at.name();
  if (form !== 2) return;
  at.each(() => {
    at.tag();
    at.name();
  });
}

export function externType(at: Cursor): void {
  const form = at.tag();
  if (form === 0x02 || form === 0x03) {
    const bound = at.tag();
    if (form === 0x02 && bound === 1) at.type();
    else if (bound === 0) at.index();
    return;
  }
  if (form === 0x00) at.tag();
  at.index();
}

function sort(at: Cursor): void {
  if (at.tag() === 0) at.tag();
}

export function sortIndex(at: Cursor): void {
  sort(at);
  at.index();
}

export function alias(at: Cursor): void {
  sort(at);
  if (at.tag() === 0x02) {
    at.index();
    at.index();
    return;
  }
  at.index();
  at.name();
}
