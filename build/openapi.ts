import fs from 'node:fs';
import path from 'node:path';
import { OpenAPIGenerator } from '@orpc/openapi';
import { ZodToJsonSchemaConverter } from '@orpc/zod/zod4';
import { Failure } from '../main/contract/errors.ts';
import { Stage } from '../main/contract/notice.ts';
import { CaseName, PersonName } from '../main/contract/web/base.ts';
import { CaseRow } from '../main/contract/web/cases.ts';
import { webContract } from '../main/contract/web/index.ts';
import { Permission } from '../main/contract/web/permissions.ts';
import { RecordingItem, RecordingRow } from '../main/contract/web/recordings.ts';
import { PortCard } from '../main/contract/web/wall.ts';

/** The OpenAPI document as it is checked in. */
export const OPENAPI_FILE = path.join(import.meta.dirname, '../main/contract/web/openapi.json');

/** What every refusal says: a failure out of the closed list. */
const REFUSAL = {
  type: 'object' as const,
  properties: { ok: { const: false }, failure: { $ref: '#/components/schemas/Failure' } },
  required: ['ok', 'failure'],
};

/** The OpenAPI 3.1 document of the web interface, generated from its contract. */
export async function openApiText(): Promise<string> {
  const generator = new OpenAPIGenerator({ schemaConverters: [new ZodToJsonSchemaConverter()] });
  const document = await generator.generate(webContract, {
    info: { title: 'Evidock station', version: '1', description: 'Times are UTC with milliseconds unless a field says local. Sizes are bytes.' },
    commonSchemas: {
      Failure: { schema: Failure },
      PersonName: { schema: PersonName },
      CaseName: { schema: CaseName },
      RecordingRow: { schema: RecordingRow },
      RecordingItem: { schema: RecordingItem },
      CaseRow: { schema: CaseRow },
      PortCard: { schema: PortCard },
      Stage: { schema: Stage },
      Permission: { schema: Permission },
    },
    customErrorResponseBodySchema: () => ({ $ref: '#/components/schemas/Refusal' }),
    components: { schemas: { Refusal: REFUSAL } },
    servers: [{ url: '/api/v1' }],
  });
  return `${JSON.stringify(document, null, 1)}\n`;
}

if (process.argv[1] === import.meta.filename) fs.writeFileSync(OPENAPI_FILE, await openApiText());
