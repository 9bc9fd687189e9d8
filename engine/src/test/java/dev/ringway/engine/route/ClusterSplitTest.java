package dev.ringway.engine.route;

import dev.ringway.codecs.http.RequestHead;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

class ClusterSplitTest
{
    private static ClusterSplit.Share share(final long weight, final String name)
    {
        return new ClusterSplit.Share(weight, new Route.Target(name.length(), name, null, null));
    }

    @Test
    void shouldPickByWeights()
    {
        final Route route = new RouteBuilder("r").timeoutNs(7)
            .split(List.of(share(1, "a"), share(0, "none"), share(2, "bb"), share(7, "ccc")), null).build();
        final RequestView view = new RequestView();
        final RequestHead head = new RequestHead(1);
        head.reset(new UnsafeBuffer(new byte[1]));
        final SplittableRandom random = new SplittableRandom(1);
        final Map<String, Integer> counts = new HashMap<>();
        final int picks = 100_000;
        for (int i = 0; i < picks; i++)
        {
            final Route picked = route.forward().split().pick(view.of(head, 0, true, false, random.nextLong()));
            assertNull(picked.forward().split());
            assertEquals("r", picked.name());
            assertEquals(7, picked.forward().timeoutNs());
            assertEquals(picked.forward().clusterName().length(), picked.forward().clusterId());
            counts.merge(picked.forward().clusterName(), 1, Integer::sum);
        }
        assertEquals(3, counts.size());
        assertEquals(0.1, counts.get("a") / (double)picks, 0.01);
        assertEquals(0.2, counts.get("bb") / (double)picks, 0.01);
        assertEquals(0.7, counts.get("ccc") / (double)picks, 0.01);
    }

    @Test
    void shouldFindClustersByTheirNames()
    {
        final Map<String, Integer> ids = new HashMap<>();
        for (int i = 0; i < 1_000; i++)
        {
            ids.put("cluster-" + i, i);
        }
        final ClusterNames names = new ClusterNames(ids);
        for (int i = 0; i < 1_001; i++)
        {
            final byte[] name = ("cluster-" + i).getBytes(StandardCharsets.US_ASCII);
            final int index = names.find(new UnsafeBuffer(name), 0, name.length);
            assertEquals(i < 1_000, index != ClusterNames.NONE);
            assertEquals(i < 1_000 ? i : -1, index == ClusterNames.NONE ? -1 : names.id(index));
            assertEquals(i < 1_000 ? "cluster-" + i : "", index == ClusterNames.NONE ? "" : names.name(index));
        }
        assertEquals(ClusterNames.NONE, new ClusterNames(Map.of()).find(new UnsafeBuffer(new byte[1]), 0, 1));
    }
}
