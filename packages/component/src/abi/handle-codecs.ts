import type { ValueTypeOf } from '../types/value-type.ts';
import type { Codec } from './codec.ts';
import type { Handle, ResourceRuntime } from './handles.ts';
import type { GuestMemory } from './memory.ts';

/** An object, what it stands for, and what ends its lease. */
const HANDLE_COST = 256;

/**
 * Handles (definitions.py, `lift_own`, `lift_borrow`, `lower_own`, `lower_borrow`). Between guests the value is the
 * resource's representation; for the host it is an object that the resource type makes.
 */
export function handleCodec(type: ValueTypeOf<'own' | 'borrow'>, isHost: boolean): Codec {
  const isOwn = type.kind === 'own';
  const { id } = type.resource;
  const take = isOwn ? takeOwn : takeBorrow;
  const toValue = (cx: GuestMemory, index: number): unknown => {
    const resource = resourceOf(cx, id);
    const rep = take(cx, index, resource);
    return isHost ? resource.toObject(rep, isOwn ? undefined : cx.lease) : rep;
  };
  const toIndex = (cx: GuestMemory, value: unknown): number => {
    const resource = resourceOf(cx, id);
    const rep = isHost ? resource.take(value as object, isOwn, cx.lease) : (value as number);
    return give(cx, resource, rep, isOwn);
  };
  return {
    size: 4,
    align: 4,
    flatCount: 1,
    cost: HANDLE_COST,
    load: (cx, p) => toValue(cx, cx.view.getUint32(p, true)),
    store: (cx, p, value) => cx.view.setUint32(p, toIndex(cx, value), true),
    lift: (cx, flat, at) => toValue(cx, flat[at] as number),
    lower: (cx, value, flat, at) => void (flat[at] = toIndex(cx, value)),
    check: (cx, value) => resourceOf(cx, id).refuse(value, isOwn),
  };
}

function resourceOf(cx: GuestMemory, id: number): ResourceRuntime {
  return cx.instance.resources.get(id) as ResourceRuntime;
}

function takeOwn({ instance }: GuestMemory, index: number, resource: ResourceRuntime): number {
  const handle = instance.handles.remove(index, resource);
  if (handle.isOwn) return handle.rep;
  const why = `handle index ${index >>> 0} is borrowed, expected an owned "${resource.name}"`;
  return instance.store.trap('E_TRAP_HANDLE_TYPE', why);
}

function takeBorrow({ instance, lease }: GuestMemory, index: number, resource: ResourceRuntime): number {
  const handle = instance.handles.typed(index, resource);
  handle.lends++;
  lease?.onEnd.push(() => handle.lends--);
  return handle.rep;
}

function give(cx: GuestMemory, resource: ResourceRuntime, rep: number, isOwn: boolean): number {
  const { instance, lease } = cx;
  if (!isOwn && resource.owner === instance) return rep;
  const handle: Handle = { type: resource, rep, isOwn, lease: isOwn ? undefined : lease, lends: 0 };
  if (!isOwn && lease) lease.borrows++;
  return instance.handles.add(handle);
}
