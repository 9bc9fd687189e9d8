package dev.ringway.control.translate;

import dev.ringway.codecs.text.IpLiteral;
import dev.ringway.control.config.FieldPath;
import dev.ringway.engine.snapshot.CidrRanges;
import io.envoyproxy.envoy.config.core.v3.CidrRange;
import org.agrona.concurrent.UnsafeBuffer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Translates {@code config.core.v3.CidrRange}. Control thread only.
 */
final class RangeTranslator
{
    private RangeTranslator()
    {
    }

    /**
     * @param ranges messages.
     * @param path   where they stand.
     * @param checks where faults go.
     * @return the ranges that are right.
     */
    static List<CidrRanges.Range> translate(
        final List<CidrRange> ranges, final FieldPath path, final Checks checks)
    {
        final List<CidrRanges.Range> result = new ArrayList<>(ranges.size());
        for (int i = 0; i < ranges.size(); i++)
        {
            final CidrRange range = ranges.get(i);
            final FieldPath at = path.at(i);
            final byte[] text = range.getAddressPrefix().getBytes(StandardCharsets.UTF_8);
            final byte[] address = new byte[IpLiteral.INET6];
            final int length = IpLiteral.parse(new UnsafeBuffer(text), 0, text.length, address);
            if (length == 0)
            {
                checks.fault(at.field("address_prefix"), "'" + range.getAddressPrefix() + "' is no IP address");
                continue;
            }
            result.add(new CidrRanges.Range(Arrays.copyOf(address, length), checks.count(
                range.hasPrefixLen(), range.getPrefixLen(), at.field("prefix_len"), 0, 0, length << 3)));
        }
        return result;
    }
}
