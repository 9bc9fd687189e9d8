package dev.ringway.engine.httpfilters;

import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.HttpMethod;
import dev.ringway.engine.counters.CorsCounters;
import dev.ringway.engine.filter.FilterAnswer;
import dev.ringway.engine.filter.FilterExchange;
import dev.ringway.engine.filter.FilterLoop;
import dev.ringway.engine.filter.FilterRequest;
import dev.ringway.engine.filter.FilterResponse;
import dev.ringway.engine.filter.HttpFilter;
import dev.ringway.engine.filter.HttpFilterFactory;
import dev.ringway.engine.filter.Verdict;
import dev.ringway.engine.route.RequestView;
import dev.ringway.engine.route.TextMatch;

import java.util.function.Function;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * Answers what browsers ask before requests of other origins, and tells them who may read the responses.
 * Envoy: {@code extensions.filters.http.cors.v3.Cors}.
 *
 * @param counters ids of its counters.
 */
public record Cors(CorsCounters counters) implements HttpFilterFactory
{
    private static final byte[] REQUEST_METHOD = "access-control-request-method".getBytes(US_ASCII);
    private static final byte[] REQUEST_HEADERS = "access-control-request-headers".getBytes(US_ASCII);
    private static final byte[] REQUEST_PRIVATE = "access-control-request-private-network".getBytes(US_ASCII);
    private static final byte[] ALLOW_ORIGIN = "access-control-allow-origin".getBytes(US_ASCII);
    private static final byte[] ALLOW_CREDENTIALS = "access-control-allow-credentials".getBytes(US_ASCII);
    private static final byte[] ALLOW_METHODS = "access-control-allow-methods".getBytes(US_ASCII);
    private static final byte[] ALLOW_HEADERS = "access-control-allow-headers".getBytes(US_ASCII);
    private static final byte[] ALLOW_PRIVATE = "access-control-allow-private-network".getBytes(US_ASCII);
    private static final byte[] EXPOSE_HEADERS = "access-control-expose-headers".getBytes(US_ASCII);
    private static final byte[] MAX_AGE = "access-control-max-age".getBytes(US_ASCII);
    private static final byte[] TRUE = "true".getBytes(US_ASCII);
    private static final FilterAnswer ANSWER = FilterAnswer.of(200, new byte[0], 0, "cors_response").unrouted();

    /**
     * {@inheritDoc}
     */
    public HttpFilter create(final FilterLoop loop)
    {
        return new Sharing(counters, new Dice(loop));
    }

    /** One request at a time. */
    private static final class Sharing implements HttpFilter
    {
        private static final Function<CorsPolicy, byte[]> METHODS = CorsPolicy::methods;
        private static final Function<CorsPolicy, byte[]> HEADERS = CorsPolicy::headers;
        private static final Function<CorsPolicy, byte[]> EXPOSED = CorsPolicy::exposed;
        private static final Function<CorsPolicy, byte[]> AGE = CorsPolicy::maxAge;
        private static final Function<CorsPolicy, Boolean> CREDENTIALS = CorsPolicy::credentials;
        private static final Function<CorsPolicy, Boolean> PRIVATE = CorsPolicy::privateNetwork;
        private static final Function<CorsPolicy, Boolean> FORWARDS = CorsPolicy::forwards;

        private final CorsCounters counters;
        private final Dice dice;
        private final RequestView view = new RequestView();
        private boolean isAllowed;
        private boolean isPreflight;

        private Sharing(final CorsCounters counters, final Dice dice)
        {
            this.counters = counters;
            this.dice = dice;
        }

        public int onRequestHead(final FilterExchange exchange, final boolean isEnd)
        {
            final FilterRequest request = exchange.request();
            if (!exchange.isForwarded() || exchange.settingsCount() == 0)
            {
                return Verdict.CONTINUE;
            }
            final CorsPolicy first = (CorsPolicy)exchange.settings(0);
            final boolean isEnabled = first.enabled().hits(dice);
            final int origin = request.fields().find(HeaderName.ORIGIN);
            if (!isEnabled && !first.shadow().hits(dice) || origin < 0 || request.fields().valueLength(origin) == 0)
            {
                return Verdict.CONTINUE;
            }
            final boolean isValid = isAllowed(exchange, origin);
            exchange.counters().increment(isValid ? counters.originValid : counters.originInvalid);
            if (!isEnabled)
            {
                return Verdict.CONTINUE;
            }
            isAllowed = isValid;
            exchange.keepRequest();
            final int method = request.find(REQUEST_METHOD);
            if (request.methodId() != HttpMethod.OPTIONS || method < 0 || request.fields().valueLength(method) == 0 ||
                !isValid && isSaid(exchange, FORWARDS, true))
            {
                return Verdict.CONTINUE;
            }
            isPreflight = true;
            return exchange.answer(ANSWER);
        }

        private boolean isAllowed(final FilterExchange exchange, final int origin)
        {
            final FilterRequest request = exchange.request();
            view.of(request.head());
            for (int i = 0; i < exchange.settingsCount(); i++)
            {
                final CorsPolicy policy = (CorsPolicy)exchange.settings(i);
                for (int j = 0; j < policy.origins().size(); j++)
                {
                    final TextMatch match = policy.origins().get(j);
                    if (policy.anyOrigin() || match.matches(view, request.buffer(),
                        request.fields().valueOffset(origin), request.fields().valueLength(origin)))
                    {
                        return true;
                    }
                }
                if (!policy.origins().isEmpty())
                {
                    return false;
                }
            }
            return false;
        }

        /** The most specific that says it. */
        private static <T> T said(final FilterExchange exchange, final Function<CorsPolicy, T> of)
        {
            T said = null;
            for (int i = 0; i < exchange.settingsCount() && said == null; i++)
            {
                said = of.apply((CorsPolicy)exchange.settings(i));
            }
            return said;
        }

        private static boolean isSaid(
            final FilterExchange exchange, final Function<CorsPolicy, Boolean> of, final boolean unsaid)
        {
            final Boolean said = said(exchange, of);
            return said == null ? unsaid : said;
        }

        /** Other filters see what is said in the answer, whether they come before or behind. */
        public void onAnswer(final FilterExchange exchange)
        {
            answerPreflight(exchange, exchange.response());
            onResponseHead(exchange, true);
        }

        public int onResponseHead(final FilterExchange exchange, final boolean isEnd)
        {
            final FilterResponse response = exchange.response();
            if (isAllowed)
            {
                copy(exchange, HeaderName.bytes(HeaderName.ORIGIN), ALLOW_ORIGIN);
                set(response, EXPOSE_HEADERS, said(exchange, EXPOSED));
            }
            if ((isAllowed || isPreflight) && isSaid(exchange, CREDENTIALS, false))
            {
                response.set(ALLOW_CREDENTIALS, TRUE);
            }
            return Verdict.CONTINUE;
        }

        private static void answerPreflight(final FilterExchange exchange, final FilterResponse response)
        {
            allow(exchange, ALLOW_METHODS, said(exchange, METHODS), REQUEST_METHOD);
            allow(exchange, ALLOW_HEADERS, said(exchange, HEADERS), REQUEST_HEADERS);
            set(response, MAX_AGE, said(exchange, AGE));
            final int asked = exchange.request().find(REQUEST_PRIVATE);
            if (asked >= 0 && exchange.request().valueIs(asked, TRUE) && isSaid(exchange, PRIVATE, false))
            {
                response.set(ALLOW_PRIVATE, TRUE);
            }
        }

        private static void allow(
            final FilterExchange exchange, final byte[] name, final byte[] value, final byte[] asked)
        {
            if (value != null && value.length == 1 && value[0] == '*')
            {
                copy(exchange, asked, name);
            }
            else
            {
                set(exchange.response(), name, value);
            }
        }

        private static void set(final FilterResponse response, final byte[] name, final byte[] value)
        {
            if (value != null)
            {
                response.set(name, value);
            }
        }

        /** What the request says; an empty field when it says nothing, as Envoy. */
        private static void copy(final FilterExchange exchange, final byte[] from, final byte[] to)
        {
            final FilterRequest request = exchange.request();
            final int index = request.find(from);
            exchange.response().set(to, request.buffer(),
                index < 0 ? 0 : request.fields().valueOffset(index), index < 0 ? 0 : request.fields().valueLength(index));
        }

        public void onEnd(final FilterExchange exchange)
        {
            isAllowed = false;
            isPreflight = false;
        }
    }
}
