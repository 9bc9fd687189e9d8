package dev.ringway.engine.downstream;

/**
 * What a session of HTTP/1.1 needs for a request and its response and for nothing else. Sessions without a request have
 * none, which keeps idle connections small, and take one of those that are in the processor's cache. Reused. Loop thread
 * only.
 */
final class Http1Stream
{
    final Http1RequestBody body;
    final Http1Response response;

    Http1Stream(final Http1SessionFactory factory)
    {
        body = new Http1RequestBody(factory);
        response = new Http1Response(factory.loop().memory());
    }
}
