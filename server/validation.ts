import type { FastifySchemaCompiler, FastifyTypeProvider } from 'fastify';
import type { Static, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import type { RequestProblem } from './contract.ts';
import { Problem } from './problem.ts';

/** Types of params, query and body follow from the schemas of the route. */
export interface TypeBoxProvider extends FastifyTypeProvider {
  readonly validator: this['schema'] extends TSchema ? Static<this['schema']> : unknown;
}

type ValidationError = ReturnType<ReturnType<typeof Compile>['Errors']>[number];

/**
 * Checks requests with the schemas of the contract. Text of the URL is converted ("5" to 5); a body is taken as it
 * is, because a converted body would mean something its author did not write.
 */
export const compileValidator: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const validator = Compile(schema);
  return (data: unknown) => {
    const value = httpPart === 'body' ? data : validator.Convert(data);
    return validator.Check(value)
      ? { value }
      : { error: invalidRequest(httpPart ?? 'request', validator.Errors(value)) };
  };
};

const NAME_BY_PART: Readonly<Record<string, string>> = { querystring: 'query', params: 'path' };

function invalidRequest(part: string, errors: readonly ValidationError[]): Problem {
  const problems = errors.flatMap(toProblems);
  const fields = problems.map(({ path }) => path).filter((path) => path !== '');
  const where = fields.length > 0 ? `: ${fields.join(', ')}` : '';
  const detail = `the ${NAME_BY_PART[part] ?? part} of the request is not valid${where}`;
  return new Problem(400, 'InvalidRequest', detail, { extensions: { problems } });
}

function toProblems(error: ValidationError): RequestProblem[] {
  const path = toFieldPath(error.instancePath);
  if (error.keyword === 'additionalProperties') {
    return problemsAt(path, error.params.additionalProperties, 'unknown field');
  }
  if (error.keyword === 'required') {
    return problemsAt(path, error.params.requiredProperties, 'is required');
  }
  if (error.keyword === 'enum') {
    return [{ path, message: `must be one of ${error.params.allowedValues.join(', ')}` }];
  }
  // `boolean` says again, of each unknown field, what additionalProperties said.
  return error.keyword === 'boolean' ? [] : [{ path, message: error.message }];
}

function problemsAt(path: string, names: readonly string[], message: string): RequestProblem[] {
  return names.map((name) => ({ path: joinPath(path, name), message }));
}

/** `/documents/0/spec` as people write it: `documents[0].spec`. */
function toFieldPath(pointer: string): string {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce((path, step) => (/^\d+$/.test(step) ? `${path}[${step}]` : joinPath(path, step)), '');
}

function joinPath(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}
