package dev.ringway.control.health;

import java.io.IOException;

/**
 * What a check asks of an endpoint. Immutable; any thread.
 */
public sealed interface Probe permits GrpcProbe, HttpProbe, TcpProbe
{
    /**
     * Asks, and waits for the answer.
     *
     * @param link to the endpoint.
     * @param host name that the endpoint is asked for, or the empty string.
     * @return what it found; {@link Link#isReusable} says whether the connection can be asked again.
     * @throws IOException when the connection breaks or is closed because time is over.
     */
    Verdict ask(Link link, String host) throws IOException;
}
