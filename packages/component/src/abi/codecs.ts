import { unsupportedFeature } from '../errors.ts';
import type { TypeTable } from '../types/type-table.ts';
import type { FuncType } from '../types/extern-type.ts';
import type { Shape, ValueType, ValueTypeOf } from '../types/value-type.ts';
import type { Codec, Partner } from './codec.ts';
import { flagsCodec, recordCodec, tupleCodec, variantCodec } from './composites.ts';
import { handleCodec } from './handle-codecs.ts';
import { listCodec, mapCodec } from './lists.ts';
import { scalarCodec, stringCodec } from './scalars.ts';
import { Signature } from './signature.ts';

/** Builds the codecs of a component, each once. */
export class Codecs {
  private readonly table: TypeTable;
  private readonly built: Record<Partner, Map<number, Codec>> = { host: new Map(), guest: new Map() };

  constructor(table: TypeTable) {
    this.table = table;
  }

  of(type: ValueType, partner: Partner): Codec {
    const built = this.built[partner];
    const { key } = type.shape;
    let codec = built.get(key);
    if (!codec) built.set(key, (codec = this.build(type, partner)));
    return codec;
  }

  /** The tuple of some types, such as those of a function's parameters. */
  tuple(items: readonly ValueType[], partner: Partner): { readonly codec: Codec; readonly shape: Shape } {
    const type = this.table.value({ kind: 'tuple', items }) as ValueTypeOf<'tuple'>;
    return { codec: tupleCodec(type, (part) => this.of(part, partner)), shape: type.shape };
  }

  /** Gives a function's signature, which is made when it is first asked for. */
  signature(type: FuncType, partner: Partner): () => Signature {
    let made: Signature | undefined;
    return () => (made ??= new Signature(type, this, partner));
  }

  private build(type: ValueType, partner: Partner): Codec {
    const codecOf = (part: ValueType): Codec => this.of(part, partner);
    switch (type.kind) {
      case 'string':
        return stringCodec(partner === 'host');
      case 'record':
        return recordCodec(type, codecOf);
      case 'tuple':
        return tupleCodec(type, codecOf);
      case 'variant':
      case 'enum':
      case 'option':
      case 'result':
        return variantCodec(type, codecOf);
      case 'flags':
        return flagsCodec(type);
      case 'list':
        return listCodec(type, codecOf);
      case 'map':
        return mapCodec(this.tuple([type.map.key, type.map.value], partner).codec, partner === 'host');
      case 'own':
      case 'borrow':
        return handleCodec(type, partner === 'host');
      case 'stream':
      case 'future':
      case 'error-context':
        throw unsupportedFeature(`values of type ${type.kind}`, 0);
      default:
        return scalarCodec(type.kind);
    }
  }
}
