package dev.ringway.control.health;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

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

    /**
     * @param fields that are configured.
     * @return these and who asks, which one of them may add to, as Envoy has it.
     */
    static Map<String, String> signed(final Map<String, String> fields)
    {
        final Map<String, String> all = new LinkedHashMap<>();
        all.put("user-agent", "Envoy/HC");
        fields.forEach((name, value) -> all.merge(name, value, (own, added) -> own + ',' + added));
        return all;
    }
}
