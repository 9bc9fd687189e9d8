package dev.ringway.control.translate;

import com.google.protobuf.TextFormat;
import dev.ringway.control.config.ConfigErrors;
import dev.ringway.control.config.FieldPath;
import dev.ringway.control.translate.FieldTranslator.Where;
import dev.ringway.engine.route.FieldChanges;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Collections;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** What values of added fields may be made of, and what is refused by its name. */
final class FieldTranslatorTest
{
    private final ConfigErrors errors = new ConfigErrors();

    private static HeaderValueOption option(final String value) throws TextFormat.ParseException
    {
        return TextFormat.parse("header { key: 'x-a' value: '" + value + "' }", HeaderValueOption.class);
    }

    private void put(final String value, final Where where) throws TextFormat.ParseException
    {
        new FieldTranslator(new Checks(errors)).put(option(value), FieldPath.ROOT, where);
    }

    @ParameterizedTest
    @ValueSource(strings = {"%REQ(x-request-id)%", "%REQ(:scheme)%", "%REQ(a?b):3%", "%PATH(NQ)%", "%QUERY_PARAM(a)%",
        "%RESP(x-a)%", "%PROTOCOL% %ROUTE_NAME%", "%DYNAMIC_METADATA(a:b):3%"})
    void shouldTakeOperatorsInResponses(final String value) throws Exception
    {
        put(value, Where.RESPONSE);
        assertEquals(List.of(), errors.errors());
    }

    @ParameterizedTest
    @EnumSource
    void shouldTakeWhatIsToldOfTlsInAllFields(final Where where) throws Exception
    {
        put("%DOWNSTREAM_PEER_SUBJECT% %DOWNSTREAM_PEER_FINGERPRINT_256%:%DOWNSTREAM_PEER_CERT:20% " +
            "%REQUESTED_SERVER_NAME% %DOWNSTREAM_PEER_CERT_V_END%", where);
        assertEquals(List.of(), errors.errors());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        REQUEST           | %RESP(x-a)%
        REQUEST           | %DYNAMIC_METADATA(envoy.filters.http.rbac:b)%
        REQUEST           | %FILTER_STATE(a)%
        REQUEST           | %START_TIME%
        REQUEST           | %DOWNSTREAM_PEER_SUBJECT(a)%
        REQUEST           | %DOWNSTREAM_PEER_CERT_V_END(%Y)%
        RESPONSE          | %UPSTREAM_PEER_SUBJECT%
        RESPONSE          | %DYNAMIC_METADATA(a)%
        RESPONSE          | %UPSTREAM_METADATA(a:b)%
        RESPONSE          | %FILTER_STATE(a:PLAIN)%
        RESPONSE          | %UPSTREAM_HOST%
        RESPONSE          | %RESPONSE_FLAGS%
        RESPONSE          | %TRAILER(a)%
        FILTERED_REQUEST  | %RESP(x-a)%
        FILTERED_REQUEST  | %PATH%
        FILTERED_RESPONSE | %QUERY_PARAM(a)%
        """)
    void shouldRefuseOtherOperatorsByName(final Where where, final String value) throws Exception
    {
        put(value, where);
        assertEquals("[" + value + " is not supported in fields of " +
            (where.name().endsWith("REQUEST") ? "requests" : "responses") + "]",
            errors.errors().stream().map(error -> error.reason()).toList().toString());
    }

    @Test
    void shouldBoundTheFieldsOfALevel() throws Exception
    {
        final FieldChangeTranslator changes = new FieldChangeTranslator(new Checks(errors));
        changes.level(Collections.nCopies(FieldChanges.MAX_PUT, option("a")), List.of(), FieldPath.ROOT, "request");
        assertEquals(List.of(), errors.errors());
        changes.level(Collections.nCopies(FieldChanges.MAX_PUT + 1, option("a")), List.of(), FieldPath.ROOT, "response");
        assertEquals("response_headers_to_add: adds more than 64 fields",
            errors.errors().getFirst().path() + ": " + errors.errors().getFirst().reason());
    }
}
