package dev.ringway.engine.route;

import dev.ringway.codecs.http.Grpc;

/**
 * Demands a request of gRPC. Envoy: {@code RouteMatch.grpc}. Immutable.
 */
public final class GrpcCondition implements Condition
{
    /**
     * {@inheritDoc}
     */
    public boolean holds(final RequestView view)
    {
        return Grpc.isRequest(view.head().headers());
    }
}
