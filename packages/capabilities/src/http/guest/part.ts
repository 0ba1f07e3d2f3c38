import type { GuestPart } from '@loophost/host/guest';
import { io, IoError } from '../../io/io.ts';
import type { ErrorCode } from '../error-code.ts';
import { HTTP_HANDLER, HTTP_TYPES } from '../interfaces.ts';
import { BodyBudget, MAX_BUFFERED_BYTES, OutgoingBody } from './bodies.ts';
import { Budget, type Fields, fieldsClass, MAX_ALL_FIELDS_BYTES } from './fields.ts';
import { RemoteExchange } from './remote-exchange.ts';
import { OutgoingRequest, OutgoingResponse, RequestOptions } from './requests.ts';
import {
  FutureIncomingResponse,
  FutureTrailers,
  IncomingBody,
  IncomingResponse,
  type ResponseParts,
} from './responses.ts';

/** Serves `wasi:http`: what the guest holds of a request is here, and the request itself where the host runs. */
export const httpPart: GuestPart = {
  link(_settings, realm) {
    const fields = new Budget(MAX_ALL_FIELDS_BYTES);
    const parts: ResponseParts = {
      io: io(realm.waiting),
      Fields: fieldsClass(fields),
      fields,
      buffers: new BodyBudget(MAX_BUFFERED_BYTES),
    };
    let next = 1;
    const handle = (request: OutgoingRequest, options: RequestOptions | undefined): FutureIncomingResponse => {
      const remote = new RemoteExchange(realm, next++, request.head(options));
      const body = request.take();
      body?.attach(remote);
      return new FutureIncomingResponse(parts, remote, body);
    };
    return { imports: { [HTTP_HANDLER]: { handle }, [HTTP_TYPES]: typesFor(parts) } };
  },
};

function typesFor(parts: ResponseParts): Record<string, unknown> {
  return {
    httpErrorCode,
    Fields: parts.Fields,
    OutgoingRequest: class extends OutgoingRequest {
      constructor(headers: Fields) {
        super(parts, headers);
      }
    },
    OutgoingResponse: class extends OutgoingResponse {
      constructor(headers: Fields) {
        super(parts, headers);
      }
    },
    RequestOptions,
    OutgoingBody,
    IncomingBody,
    IncomingResponse,
    FutureIncomingResponse,
    FutureTrailers,
    IncomingRequest,
    ResponseOutparam,
  };
}

function httpErrorCode({ failure: { code } }: IoError): ErrorCode | undefined {
  return code?.of === 'http' ? (code.value as ErrorCode) : undefined;
}

/** Requests come in only where a guest serves them, which no guest does here: nobody ever holds one. */
class IncomingRequest {
  method(): never {
    return nobodys();
  }
  pathWithQuery(): never {
    return nobodys();
  }
  scheme(): never {
    return nobodys();
  }
  authority(): never {
    return nobodys();
  }
  headers(): never {
    return nobodys();
  }
  consume(): never {
    return nobodys();
  }
}

/** The same for answers to such requests. */
class ResponseOutparam {
  static set(): never {
    return nobodys();
  }
  sendInformational(): never {
    return nobodys();
  }
}

function nobodys(): never {
  throw new Error('bug: the guest holds a request that it was never given');
}
