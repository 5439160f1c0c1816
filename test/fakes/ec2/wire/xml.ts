/** What an answer holds. A list becomes `<item>`s, undefined is left out. */
export type XmlValue =
  string | number | boolean | Date | undefined | RenderedXml | readonly XmlValue[] | XmlObject;

/** What is written as it is: made once, and used in many answers. */
export class RenderedXml {
  readonly text: string;

  constructor(content: XmlObject) {
    // A string that was put together of many is a tree, to be walked at every use; a copy is one piece.
    this.text = Buffer.from(membersOf(content)).toString();
  }
}

export interface XmlObject {
  readonly [name: string]: XmlValue;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

/** One element with everything in it; a `namespace` is written on it alone. */
export function toXml(name: string, value: XmlValue, namespace?: string): string {
  if (value === undefined) {
    return '';
  }
  const content = contentOf(value);
  const start = namespace === undefined ? name : `${name} xmlns="${namespace}"`;
  return content === '' ? `<${start}/>` : `<${start}>${content}</${name}>`;
}

function contentOf(value: Exclude<XmlValue, undefined>): string {
  if (typeof value === 'string') {
    return escape(value);
  }
  if (typeof value !== 'object') {
    return String(value);
  }
  if (value instanceof Date) {
    return value.toISOString();
  }
  if (value instanceof RenderedXml) {
    return value.text;
  }
  return isList(value) ? itemsOf(value) : membersOf(value);
}

function isList(value: readonly XmlValue[] | XmlObject): value is readonly XmlValue[] {
  return Array.isArray(value);
}

function itemsOf(items: readonly XmlValue[]): string {
  let text = '';
  for (const item of items) {
    text += toXml('item', item);
  }
  return text;
}

function membersOf(members: XmlObject): string {
  let text = '';
  for (const name in members) {
    text += toXml(name, members[name]);
  }
  return text;
}

function escape(text: string): string {
  return /[&<>"]/.test(text) ? text.replace(/[&<>"]/g, (one) => ENTITIES[one] ?? one) : text;
}
