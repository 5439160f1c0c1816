/** What an answer holds. A list becomes `<item>`s, undefined is left out. */
export type XmlValue =
  string | number | boolean | Date | undefined | readonly XmlValue[] | XmlObject;

export interface XmlObject {
  readonly [name: string]: XmlValue;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

/** One element with everything in it. */
export function toXml(name: string, value: XmlValue): string {
  if (value === undefined) {
    return '';
  }
  const content = contentOf(value);
  return content === '' ? `<${name}/>` : `<${name}>${content}</${name}>`;
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
