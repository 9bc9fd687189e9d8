package dev.ringway.engine.route;

import dev.ringway.codecs.http.UnderscorePolicy;
import dev.ringway.engine.route.RequestRules.EscapedSlashes;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Expected values are what Envoy 1.40 forwards, except where {@link PathNormalizer} says otherwise. */
final class PathNormalizerTest
{
    private static final RequestRules NORMALIZE = rules(true, false, EscapedSlashes.KEEP);
    private static final RequestRules ALL = rules(true, true, EscapedSlashes.FORWARD);

    private final PathNormalizer paths = new PathNormalizer();

    private static RequestRules rules(final boolean normalizes, final boolean merges, final EscapedSlashes escaped)
    {
        return new RequestRules(normalizes, merges, escaped, RequestRules.NO_PORT, false, true, UnderscorePolicy.ALLOW);
    }

    private int run(final String target, final RequestRules rules)
    {
        final byte[] bytes = ("xx" + target + "yy").getBytes(US_ASCII);
        final int path = target.indexOf('?') < 0 ? target.length() : target.indexOf('?');
        return paths.normalize(new UnsafeBuffer(bytes), 2, path, target.length() - path, rules);
    }

    private String result(final String target, final RequestRules rules)
    {
        final int result = run(target, rules);
        if (result == PathNormalizer.REJECTED)
        {
            return "rejected";
        }
        if (result == PathNormalizer.UNCHANGED)
        {
            return target;
        }
        final String text = new String(paths.bytes(), 0, paths.length(), US_ASCII);
        assertEquals(text.indexOf('?') < 0 ? text.length() : text.indexOf('?'), paths.pathLength());
        return result == PathNormalizer.REDIRECTED ? "to " + text : text;
    }

    @ParameterizedTest
    @CsvSource({"/a%2Fb?c%2F,/a/b?c%2F", "/%5C%2f,/\\/"})
    void shouldTellOfARefusedPathHowFarItWasUnderstood(final String target, final String understood)
    {
        assertEquals(PathNormalizer.REJECTED, run(target, rules(false, false, EscapedSlashes.REJECT)));
        assertEquals(understood, new String(paths.bytes(), 0, paths.length(), US_ASCII));
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '@', value = {
        "/,/", "/a/b,/a/b", "/a/../b,/b", "/a/./b,/a/b", "/a/..,/", "/a/.,/a/", "/..,/", "/.,/", "/../a,/a",
        "/../../a,/a", "/a/../../b,/b", "/a//b,/a//b", "//a,//a", "//,//", "/a/b/../,/a/", "/a/./,/a/", "/./a,/a",
        "/a/.b/..c/,/a/.b/..c/", "/a/...,/a/...", "/a/..b,/a/..b", "/a//../b,/a/b", "/a//..//../b,/a/b",
        "/a/..//b,//b", "///..,//",
        "/a/%2e%2e/b,/b", "/a/%2E/b,/a/b", "/a/.%2e/b,/b", "/%2e%2e,/", "/a/%2e,/a/", "/a/.%2E?x,/?x",
        "/a/..;x/b,/b", "/a/.;x/b,/a/b", "/a/..;,/", "/a/.;,/a/", "/a/..;/b,/b", "/a;p/../b,/b", "/;x/../b,/b",
        "/a/..;x?q=1,/?q=1", "/a/...;x/b,/a/...;x/b", "/a/..;x;y/b,/b", "/a/..;x%2f/b,/b", "/a/b;x/..;y/c,/a/c",
        "/a/%2e%2e;x/b,/b", "/a/..%3bx/b,/a/..%3bx/b", "/a/..;x\\b,/b",
        "/a\\b,/a/b", "/a\\..\\b,/b", "/a\\,/a/", "/\\..\\a,/a", "/a/%5c../b,/a/%5c../b",
        "/a%2fb,/a%2fb", "/a%2F..%2fb,/a%2F..%2fb", "/a/b/%2e%2e%2fc,/a/b/..%2fc",
        "/%41%7a,/Az", "/%7e,/~", "/%2d%2E%5f,/-._", "/%zz,/%zz", "/%,/%", "/%4,/%4", "/%20,/%20", "/%c3%a9,/%c3%a9",
        "/%25,/%25", "/%3f,/%3f", "/%5B%5d,/%5B%5d", "/%3a%40,/%3a%40", "/%01,/%01", "/%7f,/%7f", "/%00,rejected",
        "/a%00b?x,rejected", "/a?b=%00,/a?b=%00", "/a/b?x=/../y,/a/b?x=/../y", "/a/..?q?r,/?q?r", "/a/..?,/?",
        "/<>\"`{}|^,/%3C%3E%22%60%7B%7D%7C%5E", "/[x],/[x]", "/'()*!$&;=:@+,/'()*!$&;=:@+", "*,*"
    })
    void shouldNormalizeAsEnvoyDoes(final String target, final String expected)
    {
        assertEquals(expected, result(target, NORMALIZE));
    }

    @ParameterizedTest
    @CsvSource({
        "/a//b,/a/b", "/a///b//?x//y,/a/b/?x//y", "//a,/a", "/a/..//b,/a/../b", "/a%2f/b,/a%2f/b", "//,/", "///,/",
        "/\\/a,/\\/a"
    })
    void shouldMergeSlashes(final String target, final String expected)
    {
        assertEquals(expected, result(target, rules(false, true, EscapedSlashes.KEEP)));
    }

    @ParameterizedTest
    @CsvSource({
        "/a/b,/a/b,/a/b,/a/b", "/a%2fb,rejected,to /a/b,/a/b", "/a%2F%5cb,rejected,to /a/\\b,/a/\\b",
        "/a%5Cb,rejected,to /a\\b,/a\\b", "/a?x=%2f,/a?x=%2f,/a?x=%2f,/a?x=%2f",
        "/%2f..%2fb?q,rejected,to //../b?q,//../b?q"
    })
    void shouldTreatEscapedSlashesAsToldTo(
        final String target, final String rejecting, final String redirecting, final String forwarding)
    {
        assertEquals(target, result(target, rules(false, false, EscapedSlashes.KEEP)));
        assertEquals(rejecting, result(target, rules(false, false, EscapedSlashes.REJECT)));
        assertEquals(redirecting, result(target, rules(false, false, EscapedSlashes.REDIRECT)));
        assertEquals(forwarding, result(target, rules(false, false, EscapedSlashes.FORWARD)));
    }

    @ParameterizedTest
    @CsvSource({
        "/a%2f..%2fb?q=%2f,/b?q=%2f", "/a%2f%2fb,/a/b", "/a%5c..%5cb,/b", "/a//../b,/a/b", "//..//a,/a", "/a/..//b,/b"
    })
    void shouldUnescapeThenResolveThenMerge(final String target, final String expected)
    {
        assertEquals(expected, result(target, ALL));
    }

    @Test
    void shouldRefuseWhatGrowsBeyondItsRoom()
    {
        assertEquals("/" + "%7C".repeat(20_000), result("/" + "|".repeat(20_000), NORMALIZE));
        assertEquals("rejected", result("/" + "|".repeat(22_000), NORMALIZE));
    }

    @Provide
    static Arbitrary<String> targets()
    {
        return Arbitraries.of("/", "/", ".", "..", "a", ";", "\\", "%2e", "%2F", "%5c", "%41", "%2", "|", "?", "~")
            .list().ofMaxSize(16).map(parts -> "/" + String.join("", parts));
    }

    @Property(tries = 5000)
    void shouldLeaveNothingToDoASecondTime(@ForAll("targets") final String target)
    {
        for (final RequestRules rules : new RequestRules[]{NORMALIZE, ALL})
        {
            final String once = result(target, rules);
            final String path = once.indexOf('?') < 0 ? once : once.substring(0, once.indexOf('?'));
            assertFalse((path + "/").matches(".*/\\.\\.?(;[^/]*)?/.*"), once);
            assertFalse(path.contains("\\"), once);
            assertTrue(once.startsWith("/"), once);
            assertEquals(once, result(once, rules));
        }
    }
}
