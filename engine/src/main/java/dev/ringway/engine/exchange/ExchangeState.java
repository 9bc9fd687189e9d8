package dev.ringway.engine.exchange;

import dev.ringway.codecs.http.RequestHead;

/**
 * What the parts of an exchange have in common: its request, and what is known and was decided of it so far. Each part
 * takes what it needs when it is made. Reused with its exchange. Loop thread only.
 */
final class ExchangeState
{
    final Exchanges exchanges;
    final RequestHead request;
    final HeadBlock headBlock;
    final RequestId id = new RequestId();
    final ExchangeTimes times = new ExchangeTimes();
    final ExchangeReport report;
    final Routing routing;
    final Retrying retrying;
    final Affinity affinity;

    ExchangeState(final Exchanges exchanges, final int maxHeaders)
    {
        this.exchanges = exchanges;
        request = new RequestHead(maxHeaders);
        headBlock = new HeadBlock(exchanges.memory());
        report = new ExchangeReport(exchanges);
        routing = new Routing(exchanges.memory());
        retrying = new Retrying(exchanges, headBlock);
        affinity = new Affinity(exchanges, routing);
    }
}
