// `npm run docs:errors`: writes docs/errors.md from the doc comments of the functions that make errors.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { ERROR_DOCS, renderErrorDocs } from './house/error-docs.ts';
import { errorCatalogue, mergedByCode } from './house/error-catalogue.ts';

mkdirSync(dirname(ERROR_DOCS), { recursive: true });
writeFileSync(ERROR_DOCS, renderErrorDocs(mergedByCode(errorCatalogue())));
