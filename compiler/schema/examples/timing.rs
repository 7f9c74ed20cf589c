//! How long the embedded schema takes to open and to look into.
#![allow(clippy::print_stdout)]

use std::time::Instant;

use cloudc_schema::Schema;

fn main() {
    let start = Instant::now();
    let schema = Schema::embedded();
    let names = schema.names().len();
    println!("header, {names} types: {:?}", start.elapsed());
    for name in ["AWS::S3::Bucket", "AWS::EC2::VPC", "AWS::Lambda::Function", "AWS::QuickSight::Dashboard", "AWS::SQS::Queue"] {
        let start = Instant::now();
        let count = schema.ty(name).map_or(0, |ty| ty.properties().len());
        println!("{name}, {count} properties: {:?}", start.elapsed());
    }
    let start = Instant::now();
    let total: usize = schema.types().map(|ty| ty.properties().len()).sum();
    println!("all, {total} properties: {:?}", start.elapsed());
    let start = Instant::now();
    let mut found = 0;
    for _ in 0..100_000 {
        found += usize::from(schema.ty("AWS::S3::Bucket").and_then(|ty| ty.property("BucketName")).is_some());
    }
    println!("{found} look-ups of a type and a property: {:?}", start.elapsed());
    let start = Instant::now();
    println!("search, {} hits: {:?}", schema.search("lambda fn", 20).len(), start.elapsed());
}
