import * as z from 'zod';

/** Parameters of the issue that an unknown member raises. */
export interface UnknownMemberParams {
  readonly knownMembers: readonly string[];
}

/**
 * An object in which each unknown member is a fault of its own that knows the right names.
 *
 * zod's own strict object reports all unknown keys in one issue that lacks them.
 */
export function strict<Shape extends z.ZodRawShape>(
  shape: Shape,
): z.ZodObject<Shape, z.core.$strict> {
  const params: UnknownMemberParams = { knownMembers: Object.keys(shape) };
  const unknownMember = z.unknown().superRefine((_, context) => {
    context.addIssue({ code: 'custom', message: 'unknown member', params: { ...params } });
  });
  // The catchall refuses every member, so the parsed value is that of a strict object; the cast
  // keeps the index signature that a catchall adds out of the inferred types.
  return z.object(shape).catchall(unknownMember);
}

/** The union of the objects that have one member of a shape. */
export type OneOf<Shape extends z.ZodRawShape, Side extends 'input' | 'output'> = {
  [Key in keyof Shape]: Readonly<
    Record<Key, Side extends 'input' ? z.input<Shape[Key]> : z.output<Shape[Key]>>
  >;
}[keyof Shape];

/** An object with exactly one of these members: `{ queue: 'support' }`. */
export function oneMember<Shape extends z.ZodRawShape>(
  shape: Shape,
): z.ZodType<OneOf<Shape, 'output'>, OneOf<Shape, 'input'>> {
  const names = Object.keys(shape);
  const optional = Object.fromEntries(
    Object.entries(shape).map(([name, schema]) => [name, z.optional(schema)]),
  );
  const schema = strict(optional).superRefine((value, context) => {
    const present = Object.keys(value);
    if (present.length === 1) return;
    const came = present.length === 0 ? 'none' : present.join(' and ');
    context.addIssue({
      code: 'custom',
      message: `expected exactly one of ${names.join(', ')}, came ${came}`,
    });
  });
  // Exactly one member is present: the refinement above is what the union type says.
  return schema as unknown as z.ZodType<OneOf<Shape, 'output'>, OneOf<Shape, 'input'>>;
}
