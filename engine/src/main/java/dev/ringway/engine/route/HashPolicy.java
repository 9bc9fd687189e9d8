package dev.ringway.engine.route;

import java.util.List;

/**
 * What of a request decides which endpoint it goes to, where a balancer goes by hashes. Envoy:
 * {@code RouteAction.hash_policy}, with Envoy's hashes. Immutable; hashing allocates nothing.
 */
public final class HashPolicy
{
    /** More values of a field are hashed as they came: putting them in order takes time that clients could ask for. */
    private static final int MAX_ORDERED = 16;

    private final Step[] steps;
    private final boolean asksRequest;

    /** One thing that is hashed. */
    public sealed interface Step
    {
    }

    /**
     * The values of a field.
     *
     * @param key        its name.
     * @param isTerminal whether nothing more is hashed when there is something by then.
     */
    public record Field(HeaderKey key, boolean isTerminal) implements Step
    {
    }

    /**
     * A cookie.
     *
     * @param name       of it; not changed afterwards.
     * @param made       rest of the field that makes one where the client has none, or null to leave it at that; not
     *                   changed afterwards.
     * @param isTerminal as above.
     */
    public record Cookie(byte[] name, byte[] made, boolean isTerminal) implements Step
    {
    }

    /**
     * The address of the client.
     *
     * @param isTerminal as above.
     */
    public record SourceAddress(boolean isTerminal) implements Step
    {
    }

    /**
     * A query parameter.
     *
     * @param name       of it; not changed afterwards.
     * @param isTerminal as above.
     */
    public record Parameter(byte[] name, boolean isTerminal) implements Step
    {
    }

    /** What belongs to the connection of a request. */
    public interface Client
    {
        /**
         * Selects the client's address as text.
         *
         * @param view to select it in.
         * @return whether it has one.
         */
        boolean selectAddress(RequestView view);

        /**
         * Makes a cookie for the client, which its response will bring, and selects its value.
         *
         * @param cookie to be made.
         * @param view   to select it in.
         */
        void makeCookie(Cookie cookie, RequestView view);
    }

    /**
     * @param steps in order, at least one.
     */
    public HashPolicy(final List<Step> steps)
    {
        this.steps = steps.toArray(Step[]::new);
        asksRequest = steps.stream().anyMatch(step -> !(step instanceof SourceAddress));
    }

    /**
     * @return whether it hashes anything of the request itself.
     */
    public boolean asksRequest()
    {
        return asksRequest;
    }

    /**
     * Loop thread.
     *
     * @param view   of the request.
     * @param client it came from.
     * @return hash, or 0 when there is nothing to hash.
     */
    public long hash(final RequestView view, final Client client)
    {
        long hash = 0;
        boolean isHashed = false;
        for (final Step step : steps)
        {
            final boolean isTerminal = switch (step)
            {
                case final Field field -> field.isTerminal;
                case final Cookie cookie -> cookie.isTerminal;
                case final SourceAddress address -> address.isTerminal;
                case final Parameter parameter -> parameter.isTerminal;
            };
            final boolean isThere = switch (step)
            {
                case final Field field -> view.select(field.key);
                case final Cookie cookie -> selectCookie(cookie, view, client);
                case final SourceAddress address -> client.selectAddress(view);
                case final Parameter parameter -> view.selectParameter(parameter.name);
            };
            if (isThere)
            {
                final long next = step instanceof final Field field ? hashAll(field.key, view) :
                    XxHash64.hash(view.buffer(), view.offset(), view.length(), 0);
                hash = Long.rotateLeft(hash, 1) ^ next;
                isHashed = true;
            }
            if (isTerminal && isHashed)
            {
                break;
            }
        }
        return isHashed && hash == 0 ? 1 : hash;
    }

    private static boolean selectCookie(final Cookie cookie, final RequestView view, final Client client)
    {
        if (view.selectCookie(cookie.name) && view.length() > 0)
        {
            return true;
        }
        if (cookie.made == null)
        {
            return false;
        }
        client.makeCookie(cookie, view);
        return true;
    }

    /** Several values are hashed one after the other, in the order of their bytes. */
    private static long hashAll(final HeaderKey key, final RequestView view)
    {
        final int all = 1 + view.countNext(key);
        if (all == 1 || all > MAX_ORDERED)
        {
            long hash = 0;
            do
            {
                hash = XxHash64.hash(view.buffer(), view.offset(), view.length(), hash);
            }
            while (view.selectNext(key));
            return hash;
        }
        long hash = 0;
        for (int rank = 0; rank < all; rank++)
        {
            view.selectRanked(key, rank);
            hash = XxHash64.hash(view.buffer(), view.offset(), view.length(), hash);
        }
        return hash;
    }
}
