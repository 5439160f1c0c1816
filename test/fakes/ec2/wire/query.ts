import { Ec2Error, invalidValue, missingParameter } from './ec2-error.ts';

/** Parameters under one name: `Filter.1.Name` is the text at Filter → 1 → Name. */
interface Node {
  text: string | undefined;
  readonly children: Map<string, Node>;
}

/** The parameters of one request, or one structure of them, as the Query protocol writes them: lists are numbered from 1, structures are dotted. */
export class Query {
  readonly #root: Node;
  /** Every parameter of the request as it was sent; {} for a structure of it. */
  readonly flat: Readonly<Record<string, string>>;

  private constructor(root: Node, flat: Readonly<Record<string, string>> = {}) {
    this.#root = root;
    this.flat = flat;
  }

  /** Reads a form-encoded body. */
  static parse(body: string): Query {
    const root = createNode();
    const flat = Object.fromEntries(new URLSearchParams(body));
    for (const [path, text] of Object.entries(flat)) {
      let node = root;
      for (const step of path.split('.')) {
        node = childOf(node, step);
      }
      node.text = text;
    }
    return new Query(root, flat);
  }

  /** The names before the first dot. */
  names(): readonly string[] {
    return [...this.#root.children.keys()];
  }

  /** Undefined when it was not sent; '' when it was sent empty. */
  text(name: string): string | undefined {
    return this.#find(name)?.text;
  }

  required(name: string): string {
    const text = this.text(name);
    if (text === undefined || text === '') {
      throw missingParameter(name);
    }
    return text;
  }

  integer(name: string): number | undefined {
    const text = this.text(name);
    if (text !== undefined && !/^-?[0-9]{1,9}$/.test(text)) {
      throw invalidValue(name, text);
    }
    return text === undefined ? undefined : Number(text);
  }

  flag(name: string): boolean | undefined {
    const text = this.text(name);
    if (text !== undefined && !/^(true|false)$/i.test(text)) {
      throw invalidValue(name, text);
    }
    return text === undefined ? undefined : text.toLowerCase() === 'true';
  }

  /** The texts of a list; [] when it was not sent. */
  list(name: string): readonly string[] {
    return this.#numbered(name).map(({ text }) => text ?? '');
  }

  /** As `list`, and `MissingParameter` when there is none. */
  requiredList(name: string): readonly string[] {
    const list = this.list(name);
    if (list.length === 0) {
      throw missingParameter(name);
    }
    return list;
  }

  /** The structures of a list; [] when it was not sent. */
  groups(name: string): readonly Query[] {
    return this.#numbered(name).map((node) => new Query(node));
  }

  /** One structure; empty when it was not sent. */
  group(name: string): Query {
    return new Query(this.#find(name) ?? createNode());
  }

  #find(path: string): Node | undefined {
    let node: Node | undefined = this.#root;
    for (const step of path.split('.')) {
      node = node?.children.get(step);
    }
    return node;
  }

  #numbered(name: string): readonly Node[] {
    const entries = [...(this.#find(name)?.children ?? [])];
    if (entries.some(([step]) => !/^[0-9]{1,6}$/.test(step))) {
      throw new Ec2Error('InvalidParameterValue', `The list ${name} is not numbered.`);
    }
    return entries.sort(([a], [b]) => Number(a) - Number(b)).map(([, node]) => node);
  }
}

function createNode(): Node {
  return { text: undefined, children: new Map() };
}

function childOf(node: Node, step: string): Node {
  const known = node.children.get(step);
  if (known !== undefined) {
    return known;
  }
  const child = createNode();
  node.children.set(step, child);
  return child;
}
