import { type Cursor, Unreadable } from './cursor.ts';

/** Core types as components write them (Binary.md, "Type Definitions"; Core §5.3). */

export function coreDefinition(at: Cursor): void {
  if (at.peek() === 0x50) {
    at.tag();
    at.each(() => moduleDeclaration(at));
    return;
  }
  if (at.peek() === 0x00) at.tag();
  recursiveType(at);
}

function recursiveType(at: Cursor): void {
  if (at.peek() !== 0x4e) return subType(at);
  at.tag();
  at.each(() => subType(at));
}

function subType(at: Cursor): void {
  if (at.peek() === 0x50 || at.peek() === 0x4f) {
    at.tag();
    at.each(() => at.index());
  }
  const form = at.tag();
  if (form === 0x60) {
    at.each(() => valueType(at));
    at.each(() => valueType(at));
  } else if (form === 0x5f) at.each(() => field(at));
  else if (form === 0x5e) field(at);
  else throw new Unreadable('an unknown core type');
}

function field(at: Cursor): void {
  valueType(at);
  at.tag();
}

export function valueType(at: Cursor): void {
  const isReference = at.peek() === 0x63 || at.peek() === 0x64;
  if (isReference) at.tag();
  at.type();
}

function moduleDeclaration(at: Cursor): void {
  switch (at.tag()) {
    case 0x00:
      at.name();
      at.name();
      return externType(at);
    case 0x01:
      return recursiveType(at);
    case 0x02:
      at.tag();
      at.tag();
      at.index();
      return void at.index();
    case 0x03:
      at.name();
      return externType(at);
    default:
      throw new Unreadable('an unknown declaration of a module type');
  }
}

function externType(at: Cursor): void {
  switch (at.tag()) {
    case 0x00:
      return void at.index();
    case 0x01:
      valueType(at);
      return limits(at);
    case 0x02:
      return limits(at);
    case 0x03:
      valueType(at);
      return void at.tag();
    case 0x04:
      at.tag();
      return void at.index();
    default:
      throw new Unreadable('an unknown core extern type');
  }
}

function limits(at: Cursor): void {
  const flags = at.tag();
  at.unsigned('number');
  if (flags & 1) at.unsigned('number');
  if (flags & 8) at.unsigned('number');
}
