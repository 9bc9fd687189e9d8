package dev.ringway.engine.httpfilters;

import dev.ringway.engine.filter.FilterExchange;
import dev.ringway.engine.filter.FilterPeer;
import dev.ringway.engine.route.Condition;
import dev.ringway.engine.route.HeaderKey;
import dev.ringway.engine.route.RequestView;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.List;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * Says one thing of a request, for {@link LimitDescriptor}s to limit it by. Immutable. Envoy:
 * {@code config.route.v3.RateLimit.Action}.
 */
public sealed interface LimitAction
{
    /**
     * The same of all requests ({@code generic_key}, {@code source_cluster}).
     *
     * @param entry what.
     */
    record Constant(LimitDescriptor.Entry entry) implements LimitAction
    {
    }

    /** Name of the cluster that it goes to ({@code destination_cluster}). */
    record DestinationCluster() implements LimitAction
    {
        private static final byte[] KEY = "destination_cluster".getBytes(US_ASCII);
    }

    /**
     * The first value of a field ({@code request_headers}).
     *
     * @param name         of the field.
     * @param key          under which it is said.
     * @param skipIfAbsent whether nothing is said of it where there is none; otherwise nothing at all is said.
     */
    record Field(HeaderKey name, byte[] key, boolean skipIfAbsent) implements LimitAction
    {
    }

    /** Address of the client without port ({@code remote_address}); nothing at all is said where it has none. */
    record RemoteAddress() implements LimitAction
    {
        private static final byte[] KEY = "remote_address".getBytes(US_ASCII);
    }

    /**
     * The network that the client's address is in ({@code masked_remote_address}); nothing at all is said where it has
     * none.
     *
     * @param length4 bits of the network's IPv4 addresses.
     * @param length6 bits of the network's IPv6 addresses.
     */
    record RemoteNetwork(int length4, int length6) implements LimitAction
    {
        private static final byte[] KEY = "masked_remote_address".getBytes(US_ASCII);
    }

    /**
     * The first value of a query parameter ({@code query_parameters}).
     *
     * @param name         of the parameter.
     * @param key          under which it is said.
     * @param skipIfAbsent whether nothing is said of it where there is none; otherwise nothing at all is said.
     */
    record Parameter(byte[] name, byte[] key, boolean skipIfAbsent) implements LimitAction
    {
    }

    /**
     * How many tokens requests take ({@code hits_addend}); says nothing.
     *
     * @param tokens not negative; 0 of them are never there, as in Envoy.
     */
    record Tokens(long tokens) implements LimitAction
    {
    }

    /**
     * What fields or query parameters are like ({@code header_value_match}, {@code query_parameter_value_match}); nothing at all is said where they are not.
     *
     * @param entry      what is said.
     * @param conditions all of which hold.
     * @param isExpected whether they must hold, or must not.
     */
    record FieldsMatch(LimitDescriptor.Entry entry, List<Condition> conditions, boolean isExpected)
        implements LimitAction
    {
    }

    /** Says things of one request after the other. One for each filter, reused. Loop thread only. */
    final class Speaker
    {
        private final RequestView view = new RequestView();
        private final LimitText text = new LimitText();
        private final UnsafeBuffer made = new UnsafeBuffer(new byte[FilterPeer.MAX_TEXT_LENGTH]);
        private final byte[] address = new byte[FilterPeer.MAX_ADDRESS_LENGTH];
        private FilterExchange exchange;
        private long tokens;

        /** Takes a request. */
        void of(final FilterExchange taken)
        {
            exchange = taken;
            view.of(taken.request().head()).decoding();
        }

        /** What actions say of the request, or null when they say nothing; until the next ones are asked. */
        LimitText say(final LimitAction[] actions)
        {
            text.clear();
            tokens = 1;
            boolean isSaid = true;
            for (int i = 0; i < actions.length && isSaid; i++)
            {
                isSaid = say(actions[i]);
            }
            return isSaid ? text : null;
        }

        /** How many tokens the request takes of which something was said last. */
        long tokens()
        {
            return tokens;
        }

        private boolean say(final LimitAction action)
        {
            return switch (action)
            {
                case final Constant constant -> say(constant.entry);
                case final DestinationCluster cluster ->
                {
                    text.append(DestinationCluster.KEY);
                    text.append(exchange.clusterName());
                    yield true;
                }
                case final Field field -> say(field);
                case final RemoteAddress remote -> sayAddress();
                case final RemoteNetwork network -> sayNetwork(network);
                case final Parameter parameter -> say(parameter);
                case final Tokens taken ->
                {
                    tokens = taken.tokens;
                    yield true;
                }
                case final FieldsMatch match -> holds(match.conditions) == match.isExpected && say(match.entry);
            };
        }

        private boolean say(final LimitDescriptor.Entry entry)
        {
            text.append(entry.key());
            text.append(entry.value());
            return true;
        }

        private boolean say(final Field field)
        {
            if (!view.select(field.name))
            {
                return field.skipIfAbsent;
            }
            text.append(field.key);
            text.append(view.buffer(), view.offset(), view.length());
            return true;
        }

        private boolean say(final Parameter parameter)
        {
            if (!view.selectParameter(parameter.name))
            {
                return parameter.skipIfAbsent;
            }
            text.append(parameter.key);
            text.append(view.buffer(), view.offset(), view.length());
            return true;
        }

        private boolean sayNetwork(final RemoteNetwork network)
        {
            final int length = exchange.peer().networkText(network.length4, network.length6, made);
            if (length == 0)
            {
                return false;
            }
            text.append(RemoteNetwork.KEY);
            text.append(made, 0, length);
            return true;
        }

        private boolean sayAddress()
        {
            if (exchange.peer().remoteAddress(address) == 0)
            {
                return false;
            }
            text.append(RemoteAddress.KEY);
            text.append(made, 0, exchange.peer().remoteText(false, made));
            return true;
        }

        private boolean holds(final List<Condition> conditions)
        {
            for (int i = 0; i < conditions.size(); i++)
            {
                if (!conditions.get(i).holds(view))
                {
                    return false;
                }
            }
            return true;
        }
    }
}
