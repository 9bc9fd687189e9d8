package dev.ringway.engine.downstream;

import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http2.RequestFields;
import dev.ringway.codecs.http2.TrailerFields;
import dev.ringway.engine.exchange.Exchanges;

/**
 * Where HTTP/2 sessions of a loop read requests into, one block of fields at a time. Loop thread only.
 */
public final class Http2Tables
{
    final RequestFields requestFields = new RequestFields(Exchanges.MAX_HEADERS);
    final TrailerFields trailerFields = new TrailerFields();
    final HeaderTable trailers = new HeaderTable(Exchanges.MAX_HEADERS);
}
