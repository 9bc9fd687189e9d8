package dev.ringway.engine.exchange;

import dev.ringway.engine.filter.FilterAnswer;

import java.util.Objects;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * The end of its exchange that a filter has asked for, or that is to come because it failed: an answer or a cut, until
 * the filter has returned and it can be had. Reused with its {@link FilterRun}. Loop thread only.
 */
final class FilterEnding
{
    private static final FilterAnswer FAILED = FilterAnswer.of(500, new byte[0], 0, "filter_exception");
    private static final FilterAnswer OVERLOADED = FilterAnswer.of(LocalReply.OVERLOADED.status(),
        LocalReply.OVERLOADED.body(), LocalReply.OVERLOADED.flag(), LocalReply.OVERLOADED.detail());
    private static final FilterAnswer REQUEST_TOO_LARGE = FilterAnswer.of(413,
        "Payload Too Large".getBytes(US_ASCII), 0, "request_payload_too_large");
    private static final FilterAnswer RESPONSE_TOO_LARGE = FilterAnswer.of(500,
        "Internal Server Error".getBytes(US_ASCII), 0, "response_payload_too_large");
    private static final int NOBODY = -1;

    private FilterAnswer answer;
    private String cutDetail;
    private int answerer = NOBODY;

    /** A filter at that place answers. */
    void answer(final FilterAnswer given, final int place)
    {
        answer = Objects.requireNonNull(given, "answer");
        answerer = place;
    }

    /** A filter wants an end without an answer. */
    void cut(final String detail)
    {
        cutDetail = Objects.requireNonNull(detail, "detail");
    }

    /** A filter threw. */
    void fail()
    {
        answer(FAILED, NOBODY);
    }

    /** Memory has run out. */
    void overload()
    {
        answer(OVERLOADED, NOBODY);
    }

    /** More waits in a flow than its filters may gather. */
    void tooLarge(final boolean isUp)
    {
        answer(isUp ? REQUEST_TOO_LARGE : RESPONSE_TOO_LARGE, NOBODY);
    }

    /** Whether an end is to come. */
    boolean isWanted()
    {
        return answer != null || cutDetail != null;
    }

    /** Whether it is an answer. */
    boolean hasAnswer()
    {
        return answer != null;
    }

    /** Has the end come, unless none is to. The exchange is over, or is about to be, when there was one. */
    void settle(final Exchange exchange, final Intake intake)
    {
        if (!isWanted())
        {
            return;
        }
        final FilterAnswer given = answer;
        final String detail = cutDetail;
        drop();
        intake.onFiltered();
        if (given != null)
        {
            exchange.giveUp(given);
        }
        else
        {
            exchange.cut(detail);
        }
    }

    /** No end is to come. */
    void drop()
    {
        answer = null;
        cutDetail = null;
    }

    /** Place of the filter whose answer the exchange gets, or negative. */
    int answerer()
    {
        return answerer;
    }

    /** The exchange is over. */
    void end()
    {
        drop();
        answerer = NOBODY;
    }
}
