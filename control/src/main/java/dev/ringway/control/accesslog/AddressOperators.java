package dev.ringway.control.accesslog;

import dev.ringway.engine.accesslog.AccessAddress;
import dev.ringway.engine.accesslog.AccessFields;
import dev.ringway.engine.accesslog.AccessRecord;
import dev.ringway.engine.accesslog.AccessText;
import dev.ringway.ffi.sock.SockAddr;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Operators that print an address, its port, or its network.
 */
final class AddressOperators
{
    private static final int ADDRESS_ROOM = 128;
    private static final String WITHOUT_PORT = "_ADDRESS_WITHOUT_PORT";
    private static final String PORT = "_PORT";
    /** Records have no room of its own for it. */
    private static final int DIRECT_LOCAL = 1 << 8;
    private static final String[] SUFFIXES = {WITHOUT_PORT, "_ADDRESS", PORT};

    private AddressOperators()
    {
    }

    /**
     * @param name     of an operator.
     * @param argument between its parentheses, or null.
     * @param at       where the argument begins.
     * @return the step, null when it is none of these.
     * @throws LogFormatException when the argument makes no sense.
     */
    static LogOperator of(final String name, final String argument, final int at) throws LogFormatException
    {
        for (final String what : SUFFIXES)
        {
            if (name.endsWith(what) && field(name.substring(0, name.length() - what.length())) >= 0)
            {
                final int field = field(name.substring(0, name.length() - what.length()));
                final LogOperator operator = of(name, what, field, argument, at);
                return field == AccessAddress.UPSTREAM_REMOTE ? ifConnected(operator) : operator;
            }
        }
        return null;
    }

    /** Of an endpoint that was not reached only {@code %UPSTREAM_HOST%} tells. */
    private static LogOperator ifConnected(final LogOperator operator)
    {
        return (record, line) ->
        {
            if (record.upstream().isConnected())
            {
                operator.append(record, line);
            }
            else
            {
                line.put((byte)'-');
            }
        };
    }

    private static LogOperator of(
        final String name, final String what, final int field, final String argument, final int at)
        throws LogFormatException
    {
        final boolean hasArgument = argument != null && !argument.isEmpty();
        if (what.equals(WITHOUT_PORT))
        {
            return hasArgument ? network(field, argument, at) : (record, line) -> address(record, field, false, line);
        }
        if (hasArgument)
        {
            throw new LogFormatException(at, "%" + name + "% takes no argument");
        }
        return what.equals(PORT) ? (record, line) -> port(record, field, line) :
            (record, line) -> address(record, field, true, line);
    }

    private static int field(final String side)
    {
        return switch (side)
        {
            case "DOWNSTREAM_REMOTE" -> AccessAddress.DOWNSTREAM_REMOTE;
            case "DOWNSTREAM_DIRECT_REMOTE" -> AccessAddress.DOWNSTREAM_DIRECT_REMOTE;
            case "DOWNSTREAM_DIRECT_LOCAL" -> DIRECT_LOCAL;
            case "DOWNSTREAM_LOCAL" -> AccessAddress.DOWNSTREAM_LOCAL;
            case "UPSTREAM_REMOTE" -> AccessAddress.UPSTREAM_REMOTE;
            case "UPSTREAM_LOCAL" -> AccessAddress.UPSTREAM_LOCAL;
            default -> -1;
        };
    }

    /** The peer itself has an address of its own in the record only where it has told another. */
    private static int known(final AccessRecord record, final int field)
    {
        return field == AccessAddress.DOWNSTREAM_DIRECT_REMOTE && !record.hasAddress(field) ?
            AccessAddress.DOWNSTREAM_REMOTE : field;
    }

    private static int offset(final AccessRecord record, final int field)
    {
        return field == DIRECT_LOCAL ? AccessAddress.findDirectLocal(record) : record.addressOffset(field);
    }

    /** The field of the record with the path that is all that is known, 0 when there is an address or nothing. */
    private static int path(final AccessRecord record, final int wanted)
    {
        final boolean isDirect = wanted == AccessAddress.DOWNSTREAM_DIRECT_REMOTE || wanted == DIRECT_LOCAL;
        final boolean isOfClient =
            isDirect || wanted == AccessAddress.DOWNSTREAM_REMOTE || wanted == AccessAddress.DOWNSTREAM_LOCAL;
        return isOfClient && (isDirect || !has(record, wanted)) ? AccessAddress.findPath(record) : 0;
    }

    /** Where the port of an endpoint begins that the record has as text. */
    private static int colon(final AccessRecord record)
    {
        return EndpointText.colon(
            record, record.textOffset(AccessText.UPSTREAM_HOST), record.textLength(AccessText.UPSTREAM_HOST));
    }

    private static boolean isPath(final AccessRecord record, final int wanted)
    {
        return wanted == AccessAddress.UPSTREAM_REMOTE ?
            record.textLength(AccessText.UPSTREAM_HOST) > 0 && colon(record) < 0 : path(record, wanted) != 0;
    }

    private static boolean has(final AccessRecord record, final int field)
    {
        return SockAddr.family(record.buffer(), offset(record, field)) != 0;
    }

    /**
     * @return {@code %UPSTREAM_HOST%}.
     */
    static LogOperator upstreamHost()
    {
        return (record, line) -> address(record, AccessAddress.UPSTREAM_REMOTE, true, line);
    }

    /**
     * @param withPort whether an address that stands for a name has its port.
     * @return {@code %UPSTREAM_HOST_NAME%} and its like.
     */
    static LogOperator upstreamName(final boolean withPort)
    {
        return (record, line) ->
        {
            if (record.textLength(AccessText.UPSTREAM_NAME) > 0)
            {
                EndpointText.put(record, AccessText.UPSTREAM_NAME, withPort, line);
            }
            else
            {
                address(record, AccessAddress.UPSTREAM_REMOTE, withPort, line);
            }
        };
    }

    private static void address(
        final AccessRecord record, final int wanted, final boolean withPort, final LogLine line)
    {
        final int field = known(record, wanted);
        final int path = path(record, wanted);
        if (path != 0)
        {
            line.put(record.buffer(), AccessFields.valueOffset(path), AccessFields.length(record, path));
        }
        else if (has(record, field))
        {
            line.reserve(ADDRESS_ROOM);
            final int at = offset(record, field);
            line.advance(withPort ? SockAddr.appendText(record.buffer(), at, line.buffer(), line.length()) :
                SockAddr.appendAddress(record.buffer(), at, line.buffer(), line.length()));
        }
        else if (field == AccessAddress.UPSTREAM_REMOTE && record.textLength(AccessText.UPSTREAM_HOST) > 0)
        {
            EndpointText.put(record, AccessText.UPSTREAM_HOST, withPort, line);
        }
        else
        {
            line.put((byte)'-');
        }
    }

    /** A path has none, which is not the same as no address. */
    private static void port(final AccessRecord record, final int wanted, final LogLine line)
    {
        final int field = known(record, wanted);
        if (isPath(record, wanted))
        {
            return;
        }
        if (has(record, field))
        {
            line.decimal(SockAddr.port(record.buffer(), offset(record, field)));
            return;
        }
        final int colon = field == AccessAddress.UPSTREAM_REMOTE ? colon(record) : -1;
        if (colon < 0)
        {
            line.put((byte)'-');
        }
        else
        {
            line.put(record.buffer(), record.textOffset(AccessText.UPSTREAM_HOST) + colon + 1,
                record.textLength(AccessText.UPSTREAM_HOST) - colon - 1);
        }
    }

    private static void network(final AccessRecord record, final int field, final int prefix, final LogLine line)
    {
        final UnsafeBuffer masked = new UnsafeBuffer(new byte[SockAddr.INET6_LENGTH]);
        masked.putBytes(0, record.buffer(), offset(record, field), SockAddr.INET6_LENGTH);
        final int bytes = SockAddr.addressLength(masked, 0);
        for (int i = 0; i < bytes; i++)
        {
            final int at = SockAddr.addressOffset(masked, 0) + i;
            final int bits = Math.clamp(prefix - i * (long)Byte.SIZE, 0, Byte.SIZE);
            masked.putByte(at, (byte)(masked.getByte(at) & 0xFF00 >> bits));
        }
        line.reserve(ADDRESS_ROOM);
        line.advance(SockAddr.appendAddress(masked, 0, line.buffer(), line.length()));
        line.put((byte)'/').decimal(Math.min(prefix, bytes * Byte.SIZE));
    }

    private static LogOperator network(final int wanted, final String argument, final int at) throws LogFormatException
    {
        if (argument.length() > 3 || !argument.chars().allMatch(c -> c >= '0' && c <= '9') ||
            Integer.parseInt(argument) > 128)
        {
            throw new LogFormatException(at, "prefix length " + argument + " is not in 0..128 (IPv4: 0..32)");
        }
        final int prefix = Integer.parseInt(argument);
        return (record, line) ->
        {
            final int field = known(record, wanted);
            if (isPath(record, wanted))
            {
                return;
            }
            if (has(record, field))
            {
                network(record, field, prefix, line);
            }
            else
            {
                line.put((byte)'-');
            }
        };
    }
}
