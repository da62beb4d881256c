//! Variables.

use super::{CodecError, Payloads, Writer};
use stepwell_api::internal::VariableRecord;
use stepwell_engine::Variables;

pub(super) fn encode_variables(variables: &Variables, writer: &mut Writer) -> Vec<VariableRecord> {
    let encode = |(name, value): (&std::sync::Arc<str>, _)| VariableRecord {
        name: name.as_ref().to_owned(),
        value: Some(writer.place(value)),
    };
    variables.iter().map(encode).collect()
}

pub(super) fn decode_variables(
    records: Vec<VariableRecord>,
    payloads: &mut Payloads,
) -> Result<Variables, CodecError> {
    let decode =
        |record: VariableRecord| Ok((record.name.into(), payloads.of(record.value.as_ref())?));
    records.into_iter().map(decode).collect()
}
