import { z } from 'zod';
import type { CustomerBehaviour, GatewayBehaviour } from './behaviour';

/** A fault put in place with its parameters: what is then true, in words, and how it changes the behaviour. */
export interface PlantedFault<Behaviour> {
  readonly truth: string;
  readonly apply: (behaviour: Behaviour) => Behaviour;
}

interface FaultOf<Scope extends 'customer' | 'gateway', Behaviour> {
  readonly name: string;
  /** Whether it is planted on one customer or on the whole gateway. */
  readonly scope: Scope;
  readonly does: string;
  /** `check/rule` that must find it; null: no rule may blame the gateway for it. */
  readonly rule: string | null;
  /** What a configuration may set beside the name. */
  readonly parameters: z.ZodObject;
  /** Throws a ZodError for parameters that do not fit. */
  plant(parameters: unknown): PlantedFault<Behaviour>;
}
export type CustomerFault = FaultOf<'customer', CustomerBehaviour>;
export type GatewayFault = FaultOf<'gateway', GatewayBehaviour>;
export type Fault = CustomerFault | GatewayFault;

/** A row as it is written down, its parameters typed by their schema. */
interface FaultRow<Behaviour, Shape extends z.ZodRawShape> {
  readonly does: string;
  readonly rule: string | null;
  readonly parameters: Shape;
  readonly truth: (parameters: z.infer<z.ZodObject<Shape>>) => string;
  readonly apply: (behaviour: Behaviour, parameters: z.infer<z.ZodObject<Shape>>) => Behaviour;
}

export function onCustomer<Shape extends z.ZodRawShape>(
  name: string,
  row: FaultRow<CustomerBehaviour, Shape>,
): CustomerFault {
  return { name, scope: 'customer', ...close(row) };
}

export function onGateway<Shape extends z.ZodRawShape>(
  name: string,
  row: FaultRow<GatewayBehaviour, Shape>,
): GatewayFault {
  return { name, scope: 'gateway', ...close(row) };
}

function close<Behaviour, Shape extends z.ZodRawShape>(row: FaultRow<Behaviour, Shape>) {
  const schema = z.strictObject(row.parameters);
  return {
    does: row.does,
    rule: row.rule,
    parameters: schema,
    plant(raw: unknown): PlantedFault<Behaviour> {
      const parameters = schema.parse(raw);
      return { truth: row.truth(parameters), apply: (behaviour) => row.apply(behaviour, parameters) };
    },
  };
}
