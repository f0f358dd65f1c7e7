import { crc32 } from 'node:zlib';

/** A zip archive of one stored file: all that a function's code needs. */
export function zipOf(name: string, text: string): Buffer {
  const file = Buffer.from(name);
  const data = Buffer.from(text);
  const described = Buffer.alloc(26);
  described.writeUInt16LE(20, 0);
  described.writeUInt32LE(crc32(data), 10);
  described.writeUInt32LE(data.length, 14);
  described.writeUInt32LE(data.length, 18);
  described.writeUInt16LE(file.length, 22);

  const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), described, file, data]);
  const MADE_BY = Buffer.from([20, 0]);
  const central = Buffer.concat([Buffer.from('PK\x01\x02', 'latin1'), MADE_BY, described, Buffer.alloc(14), file]);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(1, 4);
  end.writeUInt16LE(1, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(local.length, 12);
  return Buffer.concat([local, central, Buffer.from('PK\x05\x06', 'latin1'), end]);
}
